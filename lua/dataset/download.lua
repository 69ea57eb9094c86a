-- SPDX-License-Identifier: GPL-3.0-or-later
-- Brings the files of a data set into the cache: from their origin, a mirror, or a folder.
--
-- A file is written as NAME.part (and NAME.part.from: where it comes from and its ETag), and renamed when its checksum
-- is right: under its own name there is a whole file or none. What was cut off is continued, in this run and the next.
local card = require "ninetails.dataset.card"
local derived = require "ninetails.dataset.derived"
local fetch = require "ninetails.fetch"
local files = require "ninetails.files"
local registry = require "ninetails.dataset.registry"
local rules = require "ninetails.dataset.rules"
local text = require "ninetails.cli.text"

local download = {}

local MOST_ATTEMPTS = 1000
local MOST_NOTE = 4096 -- bytes of NAME.part.from

local function fail(status, ...) error({status = status, message = string.format(...)}, 0) end

local function read_note(path)
  local input = io.open(path, "rb")
  local words = input and input:read(MOST_NOTE)
  if input then input:close() end
  return words
end

local function size_of(path)
  local s = files.stat(path)
  return s and s.size or 0
end

-- ------------------------------------------------------------------ is it the file?

-- `path` is what the card says -> {checksum =, algorithm =, bytes =, verified =, verdict =}; else nil and a reason.
local function examine(file, path, compressed)
  local algorithm = file.sha256 and "sha256" or file.md5 and "md5"
  local size, stated = card.binding(file.bytes), algorithm and card.fact(file[algorithm])
  local good, hex, bytes = pcall(files.checksum, path, algorithm or "sha256", compressed, size)
  if not good then
    if type(hex) == "table" and hex.status == "limit" then return nil, ("bytes = %d: found more"):format(size) end
    if type(hex) == "table" and hex.status == "input" then return nil, hex.message end
    error(hex, 0)
  end
  if size and bytes ~= size then return nil, ("bytes = %d: found %d"):format(size, bytes) end
  if algorithm and card.binding(file[algorithm]) and hex ~= stated then
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

-- What packing may add to bytes that cannot be packed: a hundredth, and a header.
local function most_packed(bytes) return bytes + bytes // 100 + (64 << 10) end

-- Attempts until the .part is whole. nil and the reason when this address will not give it.
local function transfer(job, url)
  local part, note = job.target .. ".part", job.target .. ".part.from"
  local known_url, validator = (read_note(note) or ""):match("^(.-)\n(.-)\n")
  if known_url ~= url then validator = "" end
  local bytes = card.binding(job.file.bytes)
  local wait, fruitless = job.wait, 0
  for _ = 1, MOST_ATTEMPTS do
    local before = size_of(part)
    local started = job.clock()
    local result = fetch.attempt {url = url, to = part, validator = validator, patience = job.patience,
      authorities = job.authorities, expected = not job.compressed and bytes or nil,
      most = job.compressed and bytes and most_packed(bytes) or nil,
      progress = job.progress and function(done, total) job.progress(job.file.path, done, total, job.clock() - started) end}
    if result.outcome == "done" then return true end
    if result.outcome == "login" or result.outcome == "wrong" then
      remove(part, note)
      return nil, result.message, result.outcome
    end
    if result.outcome == "no" then return nil, result.message, "no" end
    if result.outcome == "over" then -- either whole already, or another file by now
      if validator ~= "" and (examine(job.file, part, job.compressed) or {}).verified then return true end
      remove(part, note)
      validator = ""
    else
      validator = result.bytes > 0 and result.validator or ""
      if validator ~= "" then files.write(note, url .. "\n" .. validator .. "\n", true) end
    end
    if result.outcome == "interrupted" then
      if validator == "" then remove(part, note) end -- nothing could continue it
      fail("interrupted", "interrupted")
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
  derived.forget(job.target)
  remove(note)
  return found
end

-- ------------------------------------------------------------------ one file

local COMPRESSED = {gz = true, xz = true, zst = true, bz2 = true}

-- Addresses to try: those of a mirror, or the card's own.
local function addresses(set, file)
  if not set.from then return file.urls or {} end
  local base, list = set.from:gsub("/*$", ""), {}
  for i, name in ipairs(registry.names_of(file, true)) do
    list[i] = base .. "/" .. name:gsub("[^%w%-%._~/]", function(c) return ("%%%02X"):format(c:byte()) end)
  end
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
  error({status = outcome == "wrong" and "input" or "io", message = table.concat(lines, "\n"), outcome = outcome}, 0)
end

local function from_folder(set, key, options)
  local file = set.card.files[key]
  local path, compressed = registry.find(set, key)
  local cache = registry.cache() .. "/"
  if not path then
    error({status = "io", outcome = "no",
      message = ("data set %s: files.%s: none of '%s' (also with .gz, .xz, .zst, .bz2) is in %s"):format(set.name, key,
        table.concat(registry.names_of(file, true), "', '"), set.from)}, 0)
  end
  local found, problem = examine(file, path, compressed)
  if not found then fail("input", "data set %s: files.%s.%s: in %s", set.name, key, problem, path) end
  local suffix = compressed and path:match("%.%w+$") or ""
  local target = cache .. file.path .. suffix
  if path ~= target then
    files.make_folders(registry.folder_of(target))
    options.say(("%s: copied from %s"):format(file.path, path))
    files.copy(path, target, true)
    derived.forget(target)
  end
  found.path = target
  return found
end

-- Of several addresses that failed in different ways, the one worth explaining.
local RANK = {no = 1, again = 2, login = 3, wrong = 4}

-- -> {path =, checksum =, algorithm =, verified =, bytes =, kept = was there before, url =}
local function one_file(set, key, options)
  local file = set.card.files[key]
  if set.from and not registry.is_mirror(set.from) then return from_folder(set, key, options) end
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

-- Of a member: what lies here or in the folder, the archive before what was taken out of it; else the archive, and where a
-- mirror has none, the member itself.
local function one_member(set, key, archive, options)
  local mirror = set.from and registry.is_mirror(set.from)
  local here = not (options.again and (mirror or not set.from)) and registry.at_hand(set, key)
  if here then return here, one_file(set, here, options) end
  local good, found = pcall(one_file, set, archive, options)
  if good then return archive, found end
  if not set.from or type(found) ~= "table" or found.outcome ~= "no" then error(found, 0) end
  local other, member = pcall(one_file, set, key, options)
  if other then return key, member end
  found.message = found.message .. "\n" .. (type(member) == "table" and member.message or tostring(member))
  error(found, 0)
end

-- Brings the file `key`, or the archive that it is a member of -> the key of what came, and what is known of it (see
-- one_file); nil and a reason when it is optional, not asked for by its name (must), and the folder or mirror of
-- somebody's choice does not have it.
-- options: retries, wait, patience (s), authorities, say(text), progress(path, done, total, seconds), clock(), again =
-- fetch what is there
local function bring(set, key, must, options)
  local file = set.card.files[key]
  local good, what, found = pcall(function()
    if file.packed then return one_member(set, key, file.packed.file, options) end
    return key, one_file(set, key, options)
  end)
  if good then return what, found end
  if must or not (set.from and file.optional) or type(what) ~= "table" or what.outcome ~= "no" then error(what, 0) end
  return nil, ("files.%s: '%s' is not in %s; it is optional"):format(key, file.path, set.from)
end

-- The files of which the labels are made: those that their rules need, or the label file that stands in where these are
-- not here and it is.
local function of_labels(set)
  local labels, keys = set.card.labels or {}, {}
  local function here(key) return registry.at_hand(set, key) end
  for _, name in ipairs {"rule", "exclude", "names"} do
    local needed, all_here = rules.files(set.card, labels[name] or {}), true
    for key in pairs(needed) do all_here = all_here and here(key) end
    if name == "rule" and not all_here and labels.same_as and here(labels.same_as) then needed = {[labels.same_as] = true} end
    for key in pairs(needed) do keys[key] = true end
  end
  return keys
end

-- The files that a fetch brings: those named, or all that are not optional and those of which the labels are made; of a
-- joined file its parts. In order.
function download.keys(set, named)
  local all, wanted = set.card.files or {}, {}
  local function want(key)
    for _, part in ipairs(all[key].joined or {}) do want(part.file) end
    wanted[key] = not all[key].joined or nil
  end
  for name, file in pairs(#named == 0 and all or {}) do
    if not file.optional then want(name) end
  end
  for key in pairs(#named == 0 and of_labels(set) or {}) do want(key) end
  for _, key in ipairs(named) do
    if not all[key] then
      fail("argument", "data set %s: no file '%s': expected %s", set.name, key,
        table.concat(text.sorted_keys(all), ", "))
    end
    want(key)
  end
  return text.sorted_keys(wanted)
end

-- Brings them all; arrived(key, found) of each that came, left_out(why) of each that did not and need not. options: of bring.
function download.all(set, named, options, arrived, left_out)
  local brought = {}
  for _, key in ipairs(download.keys(set, named)) do
    local packed = set.card.files[key].packed
    if not brought[key] and not (packed and brought[packed.file]) then
      local what, found = bring(set, key, #named > 0, options)
      if what then arrived(what, found) else left_out(found) end
      brought[what or key] = true
    end
  end
end

return download
