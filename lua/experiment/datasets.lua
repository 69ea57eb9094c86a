-- SPDX-License-Identifier: GPL-3.0-or-later
-- Data sets of a script: how they are named, and which of them are here.
--
--     "westermo_right", "kitsune_*", "available", "./card.lua"
--     nt.available {attacks = true, most = 500000, except = {"qut_*"}}
--     nt.dataset {name = "mine", capture = "x.pcap", labels = "x.csv", grace = {fm = 1000, ad = 9000}}
--     nt.dataset {card = "kitsune_mirai", input = "features", labels = "other"}
--     nt.synthetic {scenario = "os_scan", packets = 50000, seed = 1}
local card = require "ninetails.dataset.card"
local context = require "ninetails.experiment.context"
local files = require "ninetails.files"
local filter = require "ninetails.cli.filter"
local labels = require "ninetails.labels"
local registry = require "ninetails.dataset.registry"
local text = require "ninetails.cli.text"

local datasets = {}
local Node = {__name = "data set"} -- {kind = "card", "files", "synthetic" or "available", ..., where =}

local function node(kind, where, t)
  t.kind, t.where = kind, where
  return setmetatable(t, Node)
end

-- ------------------------------------------------------------------ constructors

local function optional_text(where, of, t, key)
  if t[key] ~= nil and (type(t[key]) ~= "string" or t[key] == "" or t[key]:find("%z")) then
    context.expected(where, of .. "." .. key, t[key], "a text")
  end
end

local function whole(where, path, value, least, most)
  local n = type(value) == "number" and math.tointeger(value)
  if not n or n < least or n > most then
    context.expected(where, path, value, ("a whole number from %d to %d"):format(least, most))
  end
  return n
end
datasets.whole = whole

-- {fm =, ad =} with one value each, or nil.
local function fixed_grace(where, path, grace)
  if grace == nil then return nil end
  context.check_keys(where, path, grace, {fm = true, ad = true}, "grace period")
  return {fm = whole(where, path .. ".fm", grace.fm, 0, 1 << 53),
    ad = whole(where, path .. ".ad", grace.ad, 0, 1 << 53)}
end

local function check_name(where, path, name)
  if type(name) ~= "string" or not name:find("^[%w_][%w_.-]*$") or #name > 100 then
    context.expected(where, path, name, "a name of letters, digits, _ . and -")
  end
end

local card_keys = {card = true, name = true, labels = true, input = true, grace = true}
local file_keys = {name = true, capture = true, labels = true, grace = true}

function datasets.dataset(where, t)
  if type(t) ~= "table" then context.expected(where, "dataset", t, "a table") end
  local of_card = t.card ~= nil
  context.check_keys(where, "dataset", t, of_card and card_keys or file_keys, "key of a data set")
  for _, key in ipairs {"card", "capture", "labels"} do optional_text(where, "dataset", t, key) end
  local grace = fixed_grace(where, "dataset.grace", t.grace)
  if not of_card then
    check_name(where, "dataset.name", t.name)
    if not t.capture then context.expected(where, "dataset.capture", nil, "a path, or card = NAME") end
    return node("files", where, {name = t.name, capture = t.capture, labels = t.labels, grace = grace})
  end
  if t.input ~= nil and t.input ~= "capture" and t.input ~= "features" then
    context.expected(where, "dataset.input", t.input, "'capture' or 'features'")
  end
  local base = t.card:match("([^/]+)%.lua$") or t.card
  local name = t.name or base .. (t.labels and "." .. t.labels or "") .. (t.input == "features" and ".features" or "")
  check_name(where, "dataset.name", name)
  return node("card", where, {name = name, card = t.card, labels = t.labels, input = t.input, grace = grace})
end

local synthetic_keys = {scenario = true, packets = true, seed = true, name = true, grace = true}

function datasets.synthetic(where, t)
  context.check_keys(where, "synthetic", t, synthetic_keys, "key of a synthetic data set")
  local scenarios = registry.scenarios()
  local known = false
  for _, name in ipairs(scenarios) do known = known or name == t.scenario end
  if not known then
    context.fail(where, "synthetic.scenario = %s: no such scenario: %s", context.show(t.scenario),
      context.instead(t.scenario, scenarios))
  end
  local packets = whole(where, "synthetic.packets", t.packets, 1, 1000000000)
  local seed = t.seed == nil and 1 or whole(where, "synthetic.seed", t.seed, 0, 0xffffffff)
  local name = t.name or ("%s_%d_%d"):format(t.scenario, packets, seed)
  check_name(where, "synthetic.name", name)
  return node("synthetic", where, {name = name, scenario = t.scenario, packets = packets, seed = seed,
    grace = fixed_grace(where, "synthetic.grace", t.grace)})
end

local available_keys = {names = true, except = true, attacks = true, capture = true, synthetic = true, least = true,
  most = true}

local function patterns(where, path, list)
  if type(list) == "string" then list = {list} end
  if list == nil then return {} end
  context.check_list(where, path, list, "names or patterns")
  for i, item in ipairs(list) do
    if type(item) ~= "string" then context.expected(where, ("%s[%d]"):format(path, i), item, "a name or a pattern") end
  end
  return list
end

function datasets.available(where, t)
  t = t == nil and {} or t
  context.check_keys(where, "available", t, available_keys, "filter")
  for _, key in ipairs {"attacks", "capture", "synthetic"} do
    if t[key] ~= nil and type(t[key]) ~= "boolean" then
      context.expected(where, "available." .. key, t[key], "true or false")
    end
  end
  for _, key in ipairs {"least", "most"} do
    if t[key] ~= nil then whole(where, "available." .. key, t[key], 0, 1 << 53) end
  end
  return node("available", where, {names = patterns(where, "available.names", t.names),
    except = patterns(where, "available.except", t.except), attacks = t.attacks, capture = t.capture,
    synthetic = t.synthetic, least = t.least, most = t.most})
end

-- What stands in `datasets` of an experiment -> a list of nodes.
function datasets.list(where, raw)
  if type(raw) == "string" or getmetatable(raw) == Node then raw = {raw} end
  context.check_list(where, "datasets", raw, "a list of data sets")
  local list = {}
  for i, item in ipairs(raw) do
    if item == "available" then list[i] = datasets.available(where)
    elseif type(item) == "string" and item:find("[*?]") then
      list[i] = datasets.available(where, {names = item, synthetic = true})
    elseif type(item) == "string" and item ~= "" then
      list[i] = datasets.dataset(where, {card = item})
      list[i].plain = ("datasets[%d]"):format(i)
    elseif getmetatable(item) == Node then list[i] = item
    else
      context.expected(where, ("datasets[%d]"):format(i), item, "a name, nt.dataset, nt.synthetic or nt.available")
    end
  end
  return list
end

local function any(list, word)
  for _, pattern in ipairs(list) do
    if filter.matches(pattern, word) then return true end
  end
  return false
end

-- ------------------------------------------------------------------ finding them

local function loaded_card(n, from)
  local set = registry.load(n.card, {from = from, labels = n.labels, input = n.input})
  return {name = n.name, capture = set.capture, labels = set.labels, rows = set.input == "features",
    profile = set.profile, packets = set.packets or card.fact(set.card.packets), clean = set.clean,
    attacks = set.attacks, benign = set.benign, warnings = set.warnings,
    grace = n.grace or set.grace, origin = set.card.synthetic and "synthetic" or ("card %s"):format(n.card)}
end

local function loaded_files(n)
  for _, key in ipairs {"capture", "labels"} do
    if n[key] and not files.stat(n[key]) then
      context.fail(n.where, "dataset '%s': %s = '%s': there is no such file", n.name, key, n[key])
    end
  end
  local rows = n.capture:find("%.csv$") or n.capture:find("%.csv%.[gx]z$") or n.capture:find("%.csv%.zst$")
  local found = {name = n.name, capture = n.capture, labels = n.labels, rows = rows ~= nil, warnings = {},
    grace = n.grace, origin = "files"}
  if rows then
    local inside, said = labels.inside(n.capture)
    if inside and not n.labels then found.labels = n.capture end
    found.warnings[1] = said
  end
  if found.labels then
    local bytes, format, names, note = labels.read(found.labels)
    local seen = labels.summary(bytes, names)
    if note then found.warnings[#found.warnings + 1] = ("%s: read as %s: %s"):format(found.labels, format, note) end
    found.packets, found.clean, found.attacks, found.benign = seen.count, seen.clean, seen.attacks, seen.benign
  end
  return found
end

local function loaded_synthetic(n)
  local capture, label_file = registry.made {scenario = n.scenario, packets = n.packets, seed = n.seed}
  local seen = labels.summary((labels.read(label_file)))
  return {name = n.name, capture = capture, labels = label_file, rows = false, packets = seen.count,
    clean = seen.clean, attacks = seen.attacks, benign = seen.benign, warnings = {}, grace = n.grace,
    origin = ("synthetic %s %d %d"):format(n.scenario, n.packets, n.seed)}
end

-- Not here, or not usable: its message without the data set's name, which stands beside it.
local function reason(problem, name)
  local words = problem.message
  local prefix = ("data set %s: "):format(name)
  return words:sub(1, #prefix) == prefix and words:sub(#prefix + 1) or words
end

local function try(n, from)
  local good, found = pcall(n.kind == "card" and loaded_card or n.kind == "files" and loaded_files or loaded_synthetic,
    n, from)
  if good then return found end
  if type(found) ~= "table" then error(found, 0) end
  return nil, found
end

-- Why an `available` leaves out a data set of which this is known so far, or nil.
local function unwanted(n, facts)
  if n.attacks and not ((facts.attacks or 0) > 0 and (facts.benign or 1) > 0) then return "no labelled attacks" end
  if n.capture and facts.rows then return "rows of features, not packets" end
  local packets = facts.packets
  if packets and n.least and packets < n.least then return ("fewer than %s packets"):format(text.count(n.least)) end
  if packets and n.most and packets > n.most then return ("more than %s packets"):format(text.count(n.most)) end
end

-- What an `available` looks at before it loads the data set of the card c.
local function facts_of(c)
  return {packets = card.fact(c.packets), rows = not c.capture and not c.synthetic,
    attacks = c.labels and (card.fact(c.labels.attacks) or c.labels.meaning ~= "none" and 1 or 0)}
end

-- A card that cannot be read takes nothing from the others: who asks for it by its name gets the error.
local function add_available(n, from, wanted, add, skip, broken)
  for _, entry in ipairs(registry.list()) do
    local name = entry.name
    if (#n.names == 0 or any(n.names, name)) and not any(n.except, name) and wanted(name) then
      local good, c = pcall(registry.card, name)
      if not good then
        if type(c) ~= "table" then error(c, 0) end
        broken(c.message)
      elseif not c.synthetic or n.synthetic then
        local why = unwanted(n, facts_of(c))
        local found, problem
        if not why then
          found, problem = try({kind = "card", name = name, card = name}, from)
          why = found and unwanted(n, found)
        end
        if found and not why then
          found.available = true
          add(found, n)
        else
          skip(name, why or reason(problem, name), problem and problem.status == "io")
        end
      end
    end
  end
end

-- The names of the data sets that the nodes may mean, whether they are here or not.
function datasets.names(nodes)
  local names = {}
  for _, n in ipairs(nodes) do
    if n.kind ~= "available" then names[#names + 1] = n.name end
    for _, entry in ipairs(n.kind == "available" and registry.list() or {}) do
      local name = entry.name
      if (#n.names == 0 or any(n.names, name)) and not any(n.except, name) then names[#names + 1] = name end
    end
  end
  return names
end

-- Looks up the nodes. wanted(name): whether the caller will use it at all. Returns the data sets {name =, capture =,
-- labels =, rows =, profile =, packets =, clean =, grace =, origin =, available =} and those left out {{name =, why =,
-- absent = whether its files are just not here}}, and warnings, one for each card that cannot be read.
function datasets.find(nodes, from, wanted)
  local list, skipped, taken, warnings, warned = {}, {}, {}, {}, {}
  local function broken(message)
    if not warned[message] then warnings[#warnings + 1] = message .. "; this card is left out" end
    warned[message] = true
  end
  local function add(found, n)
    if taken[found.name] then
      if n.kind == "available" then return end -- named as well, or by two patterns
      if taken[found.name].available then
        for i, other in ipairs(list) do
          if other.name == found.name then list[i] = found end
        end
        taken[found.name] = found
        return
      end
      context.fail(n.where, "data set '%s' is there twice: give one another name", found.name)
    end
    taken[found.name], list[#list + 1] = found, found
  end
  local function skip(name, why, absent) skipped[#skipped + 1] = {name = name, why = why, absent = absent} end
  for _, n in ipairs(nodes) do
    if n.kind == "available" then add_available(n, from, wanted, add, skip, broken)
    elseif wanted(n.name) then
      local found, problem = try(n, from)
      if found then add(found, n)
      elseif problem.status == "io" and n.kind == "card" then skip(n.name, reason(problem, n.name), true)
      elseif problem.status == "argument" then
        context.fail(n.where, "%s: %s", n.plain or "dataset", problem.message)
      else error(problem, 0) end
    end
  end
  return list, skipped, warnings
end

return datasets
