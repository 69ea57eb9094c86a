-- SPDX-License-Identifier: GPL-3.0-or-later
-- The registry of data sets: finds cards, the files they name, and the labels that they give.
--
--   local registry = require "ninetails.dataset.registry"
--   local set = registry.load("westermo_right")
--       set.capture      path of the packets (set.input = "features": of rows of features)
--       set.labels       path of a label file, x = excluded from metrics; nil without labels
--       set.named        {{name of an attack, packets}, ...}, nil where none has a name
--       set.packets, set.attacks, set.benign, set.excluded, set.first_attack (1-based, nil without attacks),
--       set.clean        packets before the first that is not benign: clean to train on
--       set.grace        {fm =, ad =, why =}, what the card recommends
--       set.profile      the extractor's profile that made the rows, when set.input = "features"
--       set.warnings     texts
--       set.card         the whole card
--
-- Cards: those of the program (datasets/cards), and *.lua of users in $XDG_CONFIG_HOME/ninetails/cards, which come
-- first. Data: $NINETAILS_DATA, else $XDG_CACHE_HOME/ninetails; files of a card are also looked for where the caller
-- says (`from`, else $NINETAILS_FROM), next to the card, and in $NINETAILS_SHARED/data/labelled.
local card = require "ninetails.dataset.card"
local derived = require "ninetails.dataset.derived"
local files = require "ninetails.files"
local labels = require "ninetails.labels"
local plain_file = require "ninetails.dataset.plain_file"
local rules = require "ninetails.dataset.rules"
local survey = require "ninetails.survey"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local registry = {}

local function fail(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ places

local function environment(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function home(variable, below)
  local base = environment(variable)
  if base then return base end
  local own = environment("HOME") or fail("argument", "neither %s nor HOME is set: where does data go?", variable)
  return own .. "/" .. below
end

-- Where fetched and derived data lives.
function registry.cache()
  return environment("NINETAILS_DATA") or home("XDG_CACHE_HOME", ".cache") .. "/ninetails"
end

-- Where users put cards of their own.
function registry.folder() return home("XDG_CONFIG_HOME", ".config") .. "/ninetails/cards" end

function registry.folder_of(path) return path:match("^(.*)/[^/]*$") or "." end

-- ------------------------------------------------------------------ cards

local PREFIX = "datasets.cards."

-- {name =, origin = "built in" or path}, sorted; a user's card hides one of the program with the same name.
function registry.list()
  local found = {}
  for module in pairs(package.preload) do
    local name = type(module) == "string" and module:sub(1, #PREFIX) == PREFIX and module:sub(#PREFIX + 1)
    if name then found[name] = {name = name, origin = "built in"} end
  end
  local folder = registry.folder()
  for _, entry in ipairs(files.list(folder) or {}) do
    local name = entry:match("^([%w_%-]+)%.lua$")
    if name then found[name] = {name = name, origin = folder .. "/" .. entry} end
  end
  local list = {}
  for _, entry in pairs(found) do list[#list + 1] = entry end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- The card of that name, or in that file (whatever ends in .lua), and where it came from.
function registry.card(name)
  if name:find("%.lua$") then return card.read(name), name end
  local names = {}
  for _, entry in ipairs(registry.list()) do
    if entry.name == name then
      if entry.origin ~= "built in" then return card.read(entry.origin), entry.origin end
      return card.check(require(PREFIX .. name), name), entry.origin
    end
    names[#names + 1] = entry.name
  end
  local near = text.nearest(name, names)
  fail("argument", "unknown data set '%s': %s", name,
    near and ("did you mean %s?"):format(near) or "`ninetails dataset list` names them all")
end

-- ------------------------------------------------------------------ files

local SUFFIXES = {"", ".gz", ".xz", ".zst", ".bz2"}

local function is_file(path)
  local s = files.stat(path)
  return s and s.kind == "file"
end

-- Folders in which the files of a card are looked for; theirs: whether somebody else named the files there.
local function places(set)
  local list = {}
  local function add(path, theirs) list[#list + 1] = {path = path, theirs = theirs} end
  if set.from and not registry.is_mirror(set.from) then add(set.from, true) end
  if set.origin ~= "built in" then add(registry.folder_of(set.origin), true) end
  add(registry.cache())
  local shared = environment("NINETAILS_SHARED")
  if shared then add(shared .. "/data/labelled") end
  return list
end

-- Names that a file of the card may have below such a folder.
function registry.names_of(file, theirs)
  if not theirs then return {file.path} end
  local list = {}
  local function add(name)
    list[#list + 1] = name
    if name:find("/") then list[#list + 1] = name:match("[^/]+$") end
  end
  add(file.path)
  for _, other in ipairs(file.also or {}) do list[#list + 1] = other end
  if file.packed then add(file.packed.member) end -- as it comes out of its archive
  return list
end

-- Where files are looked for first: `from`, of somebody's choice, else $NINETAILS_FROM; nil: nowhere. Raises when it is a
-- folder that is not there.
function registry.first_place(from)
  local place = from or environment("NINETAILS_FROM")
  if not place or registry.is_mirror(place) or (files.stat(place) or {}).kind == "directory" then return place end
  error({status = "argument", message = ("%s %s: there is no such folder"):format(from and "--from" or "NINETAILS_FROM",
    place)}, 0)
end

function registry.is_mirror(place) return place:find("^https?://") ~= nil end

-- A handle of a card for the functions below; from: a folder (or mirror) to look in first.
function registry.open(name, from)
  local place = registry.first_place(from)
  local c, origin = registry.card(name)
  return {card = c, name = c.name, origin = origin, from = place}
end

-- The file as it came from its origin -> path, whether it is compressed on top of what the card describes; or nil. What
-- was made of other files is none of a card that says nothing of these.
function registry.find(set, key)
  local file = set.card.files[key]
  local may_be_made = file.packed or file.joined
  if file.at and is_file(file.at) then return file.at, false end
  for _, folder in ipairs(places(set)) do
    for _, name in ipairs(registry.names_of(file, folder.theirs)) do
      for _, suffix in ipairs(SUFFIXES) do
        local path = folder.path .. "/" .. name .. suffix
        if is_file(path) and (may_be_made or not derived.was_made(path)) then return path, suffix ~= "" end
      end
    end
  end
end

local function missing(set, key)
  local file = set.card.files[key]
  local advice = file.urls and ("`ninetails dataset fetch %s` brings it"):format(set.name)
    or file.login or "put it there, or name its folder with --from"
  local searched = {}
  for i, folder in ipairs(places(set)) do searched[i] = folder.path end
  fail("io", "data set %s: files.%s: '%s' is not in %s: %s", set.name, key, file.path, table.concat(searched, ", "),
    advice)
end

-- ------------------------------------------------------------------ files that are made from others

-- Bytes that may come out of archives: as the card says, else so many times their own.
local USUAL_GAIN, ANYHOW = 100, 64 << 20

local function most_of(file, sources)
  local stated = card.binding(file.bytes)
  if stated then return stated end
  local size, seen = 0, {}
  for _, path in ipairs(sources) do
    if not seen[path] then size = size + files.stat(path).size end
    seen[path] = true
  end
  return USUAL_GAIN * size + ANYHOW
end

-- files.join; an error of a bound says what the card has to do with it.
local function unpack_files(set, key, request)
  local good, result = pcall(files.join, request)
  if good then return result end
  if type(result) ~= "table" or result.status ~= "limit" then error(result, 0) end
  local stated = card.binding(set.card.files[key].bytes)
  fail(stated and "input" or "limit", "data set %s: files.%s.bytes%s: %s%s", set.name, key,
    stated and " = " .. stated or "", result.message,
    stated and "" or (", %d times what is packed; bytes in the card would allow more"):format(USUAL_GAIN))
end

-- The rows of each part of a joined file, as text "n n n".
local function make_joined(set, key, path)
  local file = set.card.files[key]
  local parts, sources, rule = {}, {}, {"joined", file.header and "with a header" or "without headers"}
  for i, part in ipairs(file.joined) do
    sources[i] = registry.path(set, part.file)
    parts[i] = {path = sources[i], member = part.member, header = file.header or false,
      most = not part.member and card.binding(set.card.files[part.file].bytes) or nil}
    rule[#rule + 1] = ("%q"):format(part.member or "")
  end
  return derived.file(path, table.concat(rule, " "), sources, function(to)
    return table.concat(unpack_files(set, key, {to = to, parts = parts, most = most_of(file, sources)}), " ")
  end), sources
end

local function joined_rows(set, key, path)
  local rows = {}
  local text_, sources = make_joined(set, key, path)
  for n in text_:gmatch("%d+") do rows[#rows + 1] = math.tointeger(tonumber(n)) end
  for i, part in ipairs(set.card.files[key].joined) do
    local stated = card.fact(part.rows)
    if stated and stated ~= rows[i] then
      fail("input", "data set %s: files.%s.joined[%d].rows = %d: %s%s has %d", set.name, key, i, stated, sources[i],
        part.member and ": " .. part.member or "", rows[i])
    end
  end
  return rows
end

-- The member of an archive, unpacked to the path `to`.
local function unpacked(set, key, to)
  local file = set.card.files[key]
  local rule = ("member %q"):format(file.packed.member)
  if registry.find(set, file.packed.file) or not derived.is_here(to, rule) then
    local archive = registry.path(set, file.packed.file)
    derived.file(to, rule, {archive}, function(at)
      unpack_files(set, key, {to = at, most = most_of(file, {archive}),
        parts = {{path = archive, member = file.packed.member}}})
      return ""
    end)
  end
  local stated, size = card.binding(file.bytes), files.stat(to).size
  if stated and stated ~= size then
    fail("input", "data set %s: files.%s.bytes = %d: member %s of files.%s has %d", set.name, key, stated,
      file.packed.member, file.packed.file, size)
  end
  return to
end

-- The path of a file, made from others where the card says so. Second result: rows of each part of a joined file.
function registry.path(set, key)
  local file = set.card.files[key]
  local to = registry.cache() .. "/" .. file.path
  if file.joined then return to, joined_rows(set, key, to) end
  local path = registry.find(set, key)
  if path and not (path == to and derived.was_made(to)) then return path end
  if file.packed then return unpacked(set, key, to) end
  missing(set, key)
end

-- ------------------------------------------------------------------ labels

-- The definition of that name: nil or "default" for the card's own.
function registry.definition(set, which)
  if not which or which == "default" then return set.card.labels, "labels" end
  local other = (set.card.other_labels or {})[which]
  if other then return other, "other_labels." .. which end
  local names = {"default"}
  for name in pairs(set.card.other_labels or {}) do names[#names + 1] = name end
  table.sort(names)
  fail("argument", "data set %s: no labels '%s': expected %s", set.name, which, table.concat(names, ", "))
end

local function labels_of_file(set, definition, at)
  local path = registry.path(set, definition.file)
  local bytes, _, names = labels.read(path)
  local packets = card.fact(set.card.packets)
  if definition.lines then
    if #bytes ~= definition.lines then
      fail("input", "data set %s: %s.lines = %d: %s has %d labels", set.name, at, definition.lines, path, #bytes)
    end
    if not packets or packets > #bytes then
      fail("input",
        "data set %s: packets = %s: %s.lines says that the labels go on after the capture, so expected at most %d",
        set.name, tostring(packets), at, #bytes)
    end
    if names then names.packets = names.packets:sub(1, #names.packets // #bytes * packets) end
    return bytes:sub(1, packets), names
  end
  if packets and #bytes ~= packets then
    fail("input", "data set %s: packets = %d: %s has %d labels; one label a packet is expected, and none is guessed",
      set.name, packets, path, #bytes)
  end
  return bytes, names
end

local function labels_of_parts(set, definition)
  local _, rows = registry.path(set, definition.joined)
  local runs, attacks, names = {}, {}, {}
  for i, part in ipairs(set.card.files[definition.joined].joined) do
    runs[i] = string.char(part.label):rep(rows[i])
    if part.label == 1 then
      local member = part.member and " " .. part.member:gsub("^.*/", ""):gsub("%.%w+$", "") or ""
      names[#names + 1] = part.attack or part.file .. member
    end
    attacks[i] = string.pack("=I2", part.label == 1 and #names or 0):rep(rows[i])
  end
  names.packets = table.concat(attacks)
  return table.concat(runs), #names > 0 and names or nil
end

-- labels.by_rule; what it does not like in the rule is a mistake of the card.
local function evaluate(set, at, capture, attack, exclude)
  local good, bytes, warning, names = pcall(labels.by_rule, capture, attack, exclude)
  if good then return bytes, warning, names end
  if type(bytes) ~= "table" then error(bytes, 0) end
  fail(bytes.status == "argument" and "input" or bytes.status, "data set %s: %s: %s", set.name, at, bytes.message)
end

-- Whether a file can be had here without fetching: the key of what lies here, or nil.
function registry.at_hand(set, key)
  local file = set.card.files[key]
  if file.packed and registry.find(set, file.packed.file) then return file.packed.file end
  return registry.find(set, key) and key
end

-- The label file that stands in for a rule of which a file is not here, or nil.
local function substitute(set, definition)
  if not definition.rule or not definition.same_as or not registry.find(set, definition.same_as) then return nil end
  for key in pairs(rules.files(set.card, definition.rule)) do
    if not registry.at_hand(set, key) then
      return {file = definition.same_as, exclude = definition.exclude, names = definition.names},
        ("files.%s is not here: the labels of files.%s stand in")
        :format(key, definition.same_as)
    end
  end
end

-- The labels of a definition, one byte a packet; a warning or nil; whether a label file stands in for the rule; the
-- names of attacks (labels.c) or nil.
function registry.labels(set, definition, at)
  local c = set.card
  local other, note = substitute(set, definition)
  if other then
    local bytes, _, _, names = registry.labels(set, other, at)
    return bytes, note, true, names
  end
  local function open(key) return (registry.path(set, key)) end
  local function rule(key) return definition[key] and rules.resolve(c, definition[key], open) end
  local bytes, warning, names
  if definition.file then bytes, names = labels_of_file(set, definition, at)
  elseif definition.joined then bytes, names = labels_of_parts(set, definition)
  elseif not definition.rule then bytes = ("\0"):rep(survey(open(c.capture or c.features)).packets)
  else bytes, warning, names = evaluate(set, at, open(c.capture), rule("rule"), rule("exclude")) end
  if definition.names and not names then
    names = select(3, evaluate(set, at, open(c.capture), rule("names")))
    if names and #names.packets ~= 2 * #bytes then
      fail("input", "data set %s: %s.names: names of %d packets, %d labels", set.name, at, #names.packets // 2, #bytes)
    end
  end
  if definition.exclude and not definition.rule then
    local marks, why = evaluate(set, at, open(c.capture), nil, rule("exclude"))
    if #marks ~= #bytes then
      fail("input", "data set %s: %s: %d labels, the capture has %d packets", set.name, at, #bytes, #marks)
    end
    bytes, warning = labels.exclude(bytes, marks), why
  end
  local packets = card.fact(c.packets)
  if packets and #bytes ~= packets then
    fail("input", "data set %s: packets = %d: found %d", set.name, packets, #bytes)
  end
  return bytes, warning, false, names
end

-- ------------------------------------------------------------------ a data set, ready to use

-- Where a scenario's capture and labels lie in the cache. Another version of this program makes its own.
function registry.synthetic_paths(s)
  local version = system.version()
  local capture = ("%s/synthetic/%s-%s/%s-%d-%d.pcap"):format(registry.cache(), version.version,
    version.commit:sub(1, 12),
    s.scenario, s.packets, s.seed)
  return capture, capture .. ".labels.csv"
end

-- Makes a scenario's capture where it is not yet; s: {scenario =, packets =, seed =}. Returns it and its label file.
function registry.made(s)
  local capture, label_file = registry.synthetic_paths(s)
  local function make() registry.synthesise(s, capture, label_file) end
  if system.version().dirty then make() else derived.pair({capture, label_file}, make) end
  return capture, label_file
end

local function load_synthetic(set)
  local capture, label_file = registry.made(set.card.synthetic)
  local bytes, _, names = labels.read(label_file)
  return capture, bytes, names
end

-- A scenario's table: one of the program's by its name, or that of a file that ends in .lua.
local function scenario_of(name)
  if name:find("%.lua$") then
    local scenario = plain_file.read(name, "scenario", "scenario " .. name)
    if type(scenario) ~= "table" then
      fail("input", "scenario %s: returns a %s, a table was expected", name, type(scenario))
    end
    return scenario
  end
  local module = "datasets.scenarios." .. name
  if package.preload[module] then return require(module) end
  local names = registry.scenarios()
  local near = text.nearest(name, names)
  fail("argument", "unknown scenario '%s': %s", name,
    near and ("did you mean %s?"):format(near) or "expected a file that ends in .lua, or " .. table.concat(names, ", "))
end

-- Runs the synthesiser and returns what it counted; both files appear whole or not at all, the labels last.
-- s: {scenario =, packets =, seed =, over =}
function registry.synthesise(s, capture, label_file, progress)
  local scenario = scenario_of(s.scenario)
  files.make_folders(registry.folder_of(capture))
  return require("ninetails.synthesiser").run {scenario = scenario, packets = s.packets, seed = s.seed, over = s.over,
    output = capture, labels = label_file, progress = progress}
end

function registry.scenarios()
  local names, prefix = {}, "datasets.scenarios."
  for module in pairs(package.preload) do
    local name = type(module) == "string" and module:sub(1, #prefix) == prefix and module:sub(#prefix + 1)
    if name and not name:find(".", 1, true) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- options: labels = name of a definition, input = "capture" (default, where there is one) or "features", from = folder
function registry.load(name, options)
  options = options or {}
  local set = registry.open(name, options.from)
  local c = set.card
  local input = options.input or (c.capture or c.synthetic) and "capture" or "features"
  local result = {name = c.name, card = c, grace = c.grace, input = input, warnings = {}}
  local bytes, names
  if c.synthetic then
    result.capture, bytes, names = load_synthetic(set)
  else
    local key = c[input] or fail("argument", "data set %s has no %s", c.name, input)
    result.capture = (registry.path(set, key))
    result.profile = input == "features" and c.profile or nil
    local definition, at = registry.definition(set, options.labels)
    if definition then
      local warning, _
      bytes, warning, _, names = registry.labels(set, definition, at)
      result.warnings[1] = warning
    end
  end
  if not bytes then return result end
  for key, value in pairs(labels.summary(bytes, names)) do result[key] = value end
  result.packets, result.count = result.count, nil
  local which = options.labels and options.labels ~= "default" and "." .. options.labels or ""
  result.labels = ("%s/labels/%s%s.txt"):format(registry.cache(), c.name, which)
  files.make_folders(registry.folder_of(result.labels))
  files.keep(result.labels, labels.lines(bytes, names))
  return result
end

return registry
