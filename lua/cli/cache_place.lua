-- SPDX-License-Identifier: GPL-3.0-or-later
-- The cache of stages (core/sweep/cache/cache.h): where it lies and how large it may grow.
--
--   $NINETAILS_CACHE         the folder; else `stages` in the folder of fetched data (registry.cache())
--   $NINETAILS_CACHE_LIMIT   "20G", "500M" or bytes; else 20 GB
local registry = require "ninetails.dataset.registry"
local text = require "ninetails.cli.text"

local cache_place = {}

local DEFAULT_LIMIT = 20000000000

function cache_place.folder()
  local own = os.getenv("NINETAILS_CACHE")
  return own and own ~= "" and own or registry.cache() .. "/stages"
end

function cache_place.limit()
  local own = os.getenv("NINETAILS_CACHE_LIMIT")
  if not own or own == "" then return DEFAULT_LIMIT end
  local bytes = text.bytes(own)
  if not bytes then
    error({status = "argument",
      message = ("NINETAILS_CACHE_LIMIT '%s': expected bytes, or a number with k, M, G or T"):format(own)}, 0)
  end
  return bytes
end

return cache_place
