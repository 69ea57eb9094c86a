-- SPDX-License-Identifier: GPL-3.0-or-later
-- Brings the files of a data set into the cache: from their origin, a mirror, or a folder.
--
-- A file is written as NAME.part (and NAME.part.from: where it comes from and its ETag), and renamed when its checksum
-- is right: under its own name there is a whole file or none. What was cut off is continued, in this run and the next.
local card = require "ninetails.dataset.card"
local fetch = require "ninetails.fetch"
local files = require "ninetails.files"
local registry = require "ninetails.dataset.registry"
local rules = require "ninetails.dataset.rules"

local download = {}

local MOST_ATTEMPTS = 1000

local function fail(status, ...) error({status = status, message = string.format(...)}, 0) end

local function read_all(path)
  local input = io.open(path, "rb")
  local text = input and input:read("a")
  if input then input:close() end
  return text
end

local function size_of(path)
  local s = files.stat(path)
  return s and s.size or 0
end

-- ------------------------------------------------------------------ is it the file?

-- A fact of the card that the file must agree with; one that is to be checked must not.
local function binding(fact)
  local value, status = card.fact(fact)
  return status ~= "to be checked" and value or nil
end

-- `path` is what the card says -> {checksum =, algorithm =, bytes =, verified =, verdict =}; else nil and a reason.
local function examine(file, path, compressed)
  local algorithm = file.sha256 and "sha256" or file.md5 and "md5"
  local good, hex, bytes = pcall(files.checksum, path, algorithm or "sha256", compressed)
  if not good then
    if type(hex) == "table" and hex.status == "input" then return nil, hex.message end
    error(hex, 0)
  end
  local size, stated = binding(file.bytes), algorithm and card.fact(file[algorithm])
  if size and bytes ~= size then return nil, ("bytes = %d: found %d"):format(size, bytes) end
  if algorithm and binding(file[algorithm]) and hex ~= stated then
    return nil, ("%s = %s: found %s (%d bytes)"):format(algorithm, stated, hex, bytes)
  end
  local verdict = not stated and "not verified: the card knows no checksum" or hex == stated and "as the card says"
    or ("not verified: the card has %s, which is to be checked"):format(stated)
  return {algorithm = algorithm or "sha256", checksum = hex, bytes = bytes, verified = hex == stated, verdict = verdict}
end

-- ------------------------------------------------------------------ one address

local function remove(...)
  for _, path in ipairs {...} do os.remove(path) end
end

-- Attempts until the .part is whole. nil and the reason when this address will not give it.
local function transfer(job, url)
  local part, note = job.target .. ".part", job.target .. ".part.from"
  local known_url, validator = (read_all(note) or ""):match("^(.-)\n(.-)\n")
  if known_url ~= url then validator = "" end
  local wait, fruitless = job.wait, 0
  for _ = 1, MOST_ATTEMPTS do
    local before = size_of(part)
    local started = job.clock()
    local result = fetch.attempt {url = url, to = part, validator = validator, patience = job.patience,
      expected = not job.compressed and binding(job.file.bytes) or nil,
      progress = job.progress and function(done, total) job.progress(done, total, job.clock() - started) end}
    if result.outcome == "done" then return true end
    if result.outcome == "login" or result.outcome == "no" then
      if result.outcome == "login" then remove(part, note) end
      return nil, result.message, result.outcome
    end
    if result.outcome == "over" then -- either whole already, or another file by now
      if validator ~= "" and (examine(job.file, part, job.compressed) or {}).verified then return true end
      remove(part, note)
      validator = ""
    else
      validator = result.bytes > 0 and result.validator or ""
      if validator ~= "" then files.write(note, url .. "\n" .. validator .. "\n") end
    end
    fruitless = result.bytes > before and 0 or fruitless + 1
    if fruitless > job.retries then
      return nil, ("%s, after %d attempts without a byte more"):format(result.message, fruitless), "again"
    end
    if fruitless == 0 then wait = job.wait end
    job.say(("%s: %s; %d bytes are here, next attempt in %g s"):format(url, result.message, size_of(part), wait))
    fetch.sleep(wait)
    wait = math.min(wait * 2, 60)
  end
  return nil, ("still not whole after %d attempts"):format(MOST_ATTEMPTS), "again"
end

local function from_url(job, url)
  local part, note = job.target .. ".part", job.target .. ".part.from"
  files.make_folders(registry.folder_of(job.target))
  local good, why, outcome = transfer(job, url)
  if not good then
    if size_of(part) == 0 then remove(part, note) end
    return nil, why, outcome
  end
  local found, problem = examine(job.file, part, job.compressed)
  if not found then
    remove(part, note)
    return nil, ("%s; these bytes are not kept"):format(problem), "wrong"
  end
  files.put(part, job.target)
  remove(note)
  return found
end

-- ------------------------------------------------------------------ one file

local COMPRESSED = {gz = true, xz = true, zst = true, bz2 = true}

-- Addresses to try: those of a mirror, or the card's own.
local function addresses(set, file)
  if not set.from then return file.urls or {} end
  local base, list = set.from:gsub("/*$", ""), {}
  local function add(name)
    list[#list + 1] = base .. "/" .. name:gsub("[^%w%-%._~/]", function(c) return ("%%%02X"):format(c:byte()) end)
  end
  add(file.path)
  if file.path:find("/") then add(file.path:match("[^/]+$")) end
  for _, other in ipairs(file.also or {}) do add(other) end
  return list
end

local function explain(set, key, problems, outcome)
  local file = set.card.files[key]
  local lines = {("data set %s: files.%s: '%s' could not be fetched"):format(set.name, key, file.path)}
  for _, problem in ipairs(problems) do lines[#lines + 1] = "  " .. problem end
  if #problems == 0 then lines[#lines + 1] = "  its card names no address to download it from" end
  if outcome == "login" or #problems == 0 then
    lines[#lines + 1] = "  " .. (file.login or file.note or "The site wants a login: download the file with a browser.")
    lines[#lines + 1] = ("  Then: ninetails dataset fetch %s --from FOLDER"):format(set.name)
  elseif outcome == "again" then
    lines[#lines + 1] = "  What has arrived is kept: the same command continues it. --from takes a mirror or a folder."
  end
  fail(outcome == "wrong" and "input" or "io", "%s", table.concat(lines, "\n"))
end

local function from_folder(set, key, options)
  local file = set.card.files[key]
  local path, compressed = registry.find(set, key)
  local cache = registry.cache() .. "/"
  if not path then
    fail("io", "data set %s: files.%s: neither '%s' nor '%s' (or with .gz, .xz, .zst, .bz2) is in %s", set.name, key,
      file.path, file.path:match("[^/]+$"), set.from)
  end
  local found, problem = examine(file, path, compressed)
  if not found then fail("input", "data set %s: files.%s.%s: in %s", set.name, key, problem, path) end
  local suffix = compressed and path:match("%.%w+$") or ""
  local target = cache .. file.path .. suffix
  if path ~= target then
    files.make_folders(registry.folder_of(target))
    options.say(("%s: copied from %s"):format(file.path, path))
    files.copy(path, target)
  end
  found.path = target
  return found
end

-- Of several addresses that failed in different ways, the one worth explaining.
local RANK = {no = 1, again = 2, login = 3, wrong = 4}

-- options: retries, wait, patience (s), say(text), progress(done, total, seconds), clock(), again = fetch what is there
-- -> {path =, checksum =, algorithm =, verified =, bytes =, kept = was there before}
function download.file(set, key, options)
  local file = set.card.files[key]
  if set.from and not set.from:find("^https?://") then return from_folder(set, key, options) end
  local here, compressed = registry.find({card = set.card, name = set.name, origin = set.origin}, key)
  if here and not options.again then
    local found, problem = examine(file, here, compressed)
    if not found then
      fail("input", "data set %s: files.%s.%s: in %s; --again fetches it anew", set.name, key, problem, here)
    end
    found.path, found.kept = here, true
    return found
  end
  local problems, outcome = {}, nil
  for _, url in ipairs(addresses(set, file)) do
    local suffix = url:gsub("[?#].*$", ""):match("%.(%w+)$")
    local packed = COMPRESSED[suffix] and not file.path:find("%." .. suffix .. "$") or false
    local job = {file = file, target = registry.cache() .. "/" .. file.path .. (packed and "." .. suffix or ""),
      compressed = packed}
    for name, value in pairs(options) do job[name] = value end
    local found, why, how = from_url(job, url)
    if found then
      found.path, found.url = job.target, url
      return found
    end
    problems[#problems + 1] = ("%s: %s"):format(url, why)
    if not outcome or RANK[how] > RANK[outcome] then outcome = how end
  end
  explain(set, key, problems, outcome)
end

-- The files that a fetch brings: those named, or all that are not optional and those that the labels' rule needs; of a
-- file that is made from others, these.
function download.keys(set, named)
  local all, wanted, keys = set.card.files or {}, {}, {}
  local function want(key)
    local file = all[key]
    if file.packed then return want(file.packed.file) end
    for _, part in ipairs(file.joined or {}) do want(part.file) end
    wanted[key] = not file.joined or nil
  end
  local known = {}
  for name, file in pairs(all) do
    known[#known + 1] = name
    if #named == 0 and not file.optional then want(name) end
  end
  table.sort(known)
  local labels = set.card.labels or {}
  for _, rule in ipairs {labels.rule or {}, labels.exclude or {}, labels.names or {}} do
    for key in pairs(#named == 0 and rules.files(set.card, rule) or {}) do want(key) end
  end
  for _, key in ipairs(named) do
    if not all[key] then
      fail("argument", "data set %s: no file '%s': expected %s", set.name, key, table.concat(known, ", "))
    end
    want(key)
  end
  for key in pairs(wanted) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return download
