-- SPDX-License-Identifier: GPL-3.0-or-later
-- A card: the Lua table that says what a data set is. This file says what may stand in one (the schema below, which is
-- also the reference of datasets/README.md) and reads cards of users, as data (plain_file.lua).
--
-- An error names card, key, value and what was expected:
--     card my_set: files.capture.bytes = 'many': expected a whole number
local pattern = require "ninetails.pattern"
local plain_file = require "ninetails.dataset.plain_file"

local card = {}

-- ------------------------------------------------------------------ the schema
-- Each entry: type, and what more it takes. `need` = must be there. A type is one of
--   string, integer, number, boolean, choice (of `choices`), list (of `of`), map (of `of`, by name; `names` = the form that
--   names have), table (`keys`),
--   count      a whole number, or {n, status =, source =}
--   statement  a text, or {text, status =, source =}
--   moment     seconds since 1970 or "2016-10-06T17:52:16.48+10:00"
--   rule       a labelling rule, see rule_forms
-- Status of a count or a statement: "asserted" (seen in the data itself; what a plain value means), "known" (read in
-- `source`) or "to be checked" (from memory, or from one doubtful source). A fact that nobody knows is left out.

local statuses = {"asserted", "known", "to be checked"}

local part = {type = "table", keys = {
  file = {type = "string", need = true, key_of = "files"},
  member = {type = "string", form = "path"},
  label = {type = "integer", need = true, min = 0, max = 1},
  attack = {type = "string"},
  rows = {type = "count"},
}}

local file = {type = "table", keys = {
  path = {type = "string", need = true, form = "path"},
  at = {type = "string", form = "place"},
  also = {type = "list", of = {type = "string", form = "path"}},
  urls = {type = "list", of = {type = "string", form = "url"}},
  login = {type = "string"},
  bytes = {type = "count"},
  sha256 = {type = "statement", form = "sha256"},
  md5 = {type = "statement", form = "md5"},
  packed = {type = "table", keys = {
    file = {type = "string", need = true, key_of = "files"},
    member = {type = "string", need = true, form = "path"},
  }},
  joined = {type = "list", of = part},
  header = {type = "boolean"},
  optional = {type = "boolean"},
  note = {type = "string"},
}}

local labels = {type = "table", keys = {
  meaning = {type = "choice", choices = {"behaviour", "path", "interval", "flow", "none"}, need = true},
  explain = {type = "string", need = true},
  file = {type = "string", key_of = "files"},
  lines = {type = "integer", min = 1},
  rule = {type = "rule"},
  joined = {type = "string", key_of = "files"},
  exclude = {type = "rule"},
  names = {type = "rule"},
  same_as = {type = "string", key_of = "files"},
  attacks = {type = "count"},
  excluded = {type = "count"},
  first_attack = {type = "count"},
  clean = {type = "count"},
}}

local events = {type = "table", keys = {
  file = {type = "string", need = true, key_of = "files"},
  line = {type = "string", need = true, form = "pattern"},
  ignore = {type = "string", form = "pattern"},
  start = {type = "string", need = true},
  stop = {type = "string", need = true},
  clock = {type = "choice", choices = {"date", "epoch"}, need = true},
  utc_offset = {type = "string", need = true, form = "offset"},
}}

card.schema = {type = "table", keys = {
  name = {type = "string", need = true, form = "name"},
  title = {type = "string", need = true},
  description = {type = "string"},
  homepage = {type = "list", of = {type = "string", form = "url"}},
  licence = {type = "statement"},
  citation = {type = "string"},
  doi = {type = "string"},
  files = {type = "map", of = file, names = "name"},
  capture = {type = "string", key_of = "files"},
  features = {type = "string", key_of = "files"},
  profile = {type = "choice", choices = {"py100", "csv115", "stream"}},
  packets = {type = "count"},
  seconds = {type = "number", min = 0},
  labels = {type = "table", keys = labels.keys},
  other_labels = {type = "map", of = labels, names = "name"}, -- which become part of a file's name
  events = {type = "map", of = events, names = "name"},
  grace = {type = "table", keys = {
    fm = {type = "integer", need = true, min = 0},
    ad = {type = "integer", need = true, min = 0},
    why = {type = "string", need = true},
  }},
  synthetic = {type = "table", keys = {
    scenario = {type = "string", need = true, form = "name"},
    packets = {type = "integer", need = true, min = 1},
    seed = {type = "integer", need = true, min = 0},
  }},
  defects = {type = "list", of = {type = "string"}},
}}

-- A rule has exactly one of these keys, and the further ones named there.
local address = {type = "string", form = "address"}
local protocol = {type = "choice", choices = {"any", "icmp", "tcp", "udp", "arp", "ip", "other"}}
local port = {type = "integer", min = 0, max = 65535}
local moment = {type = "moment"}
local rule_forms = {
  all = {type = "list", of = {type = "rule"}},
  any = {type = "list", of = {type = "rule"}},
  none = {type = "list", of = {type = "rule"}},
  address = address,
  addresses = {type = "list", of = address},
  during = {type = "table", keys = {
    events = {type = "string", key_of = "events"},
    only = {type = "list", of = {type = "string"}},
    from = moment, to = moment,
  }},
  packets = {type = "table", keys = {
    first = {type = "integer", min = 1}, last = {type = "integer", min = 1},
  }},
  flow = {type = "table", keys = {
    a = address, a_port = port, b = address, b_port = port, protocol = protocol,
    directed = {type = "boolean"}, from = moment, to = moment,
  }},
  flows = {type = "table", keys = {
    file = {type = "string", need = true, key_of = "files"},
    columns = {type = "table", need = true, keys = {
      a = {type = "string", need = true}, b = {type = "string", need = true},
      a_port = {type = "string"}, b_port = {type = "string"},
      protocol = {type = "string"}, from = {type = "string"}, to = {type = "string"}, attack = {type = "string"},
    }},
    protocols = {type = "map", of = protocol},
    where = {type = "map", of = {type = "string"}},
    directed = {type = "boolean"},
    utc_offset = {type = "string", form = "offset"},
  }},
}
local attack = {type = "string"}
local side = {type = "choice", choices = {"either", "source", "destination"}}
local rule_extras = {
  address = {side = side, attack = attack}, addresses = {side = side, attack = attack},
  during = {attack = attack}, packets = {attack = attack}, flow = {attack = attack}, flows = {attack = attack},
}

-- ------------------------------------------------------------------ checking

-- A pattern, what it says in words, and the most bytes.
local forms = {
  name = {"^[%w_][%w_%-]*$", "letters, digits, _ and -", 100},
  url = {"^https?://[!-~]+$", "an address that begins with http:// or https://", 2048},
  sha256 = {"^" .. ("[0-9a-f]"):rep(64) .. "$", "64 lower-case hexadecimal digits"},
  md5 = {"^" .. ("[0-9a-f]"):rep(32) .. "$", "32 lower-case hexadecimal digits"},
  offset = {"^[+-]%d%d:%d%d$", "hours and minutes east of Greenwich, as '+10:00'"},
  address = {"^[%x:.%-]+/?%d*$", "an Ethernet, IPv4 or IPv6 address, with /BITS for a network"},
  path = {"^[^/%c\127][^%c\127]*$", "a relative path", 1000},
  place = {"^/[^%z]*$", "a path that begins with /", 4000},
  pattern = {"", "a Lua pattern", 200},
}

local function show(value)
  if type(value) == "string" then
    local cut = value:sub(1, 60):gsub("[%c\127]", "?")
    return ("'%s'%s"):format(cut, #value > 60 and "..." or "")
  end
  if type(value) == "table" then return "a table" end
  return tostring(value)
end

local check -- of any type, below

local function fail(at, key, value, expected)
  error({status = "input",
    message = ("card %s: %s = %s: expected %s"):format(at.name, key, show(value), expected)}, 0)
end

local function missing(at, key, expected)
  error({status = "input", message = ("card %s: %s is missing: expected %s"):format(at.name, key, expected)}, 0)
end

local function described(spec)
  if spec.type == "choice" then return "one of " .. table.concat(spec.choices, ", ") end
  if spec.form then return forms[spec.form][2] end
  return ({string = "a text", integer = "a whole number", count = "a whole number", number = "a number",
    boolean = "true or false", list = "a list", map = "a table by name", table = "a table", rule = "a rule",
    statement = "a text", moment = "a time"})[spec.type]
end

local function whole(at, key, value, spec)
  if math.type(value) ~= "integer" then fail(at, key, value, "a whole number") end
  local min, max = spec.min or 0, spec.max
  if value < min or max and value > max then
    fail(at, key, value, max and ("%d to %d"):format(min, max) or ("at least %d"):format(min))
  end
end

-- A value, or {value, status =, source =}.
local function with_status(at, key, value, inner)
  if type(value) ~= "table" then return inner(value) end
  for k in pairs(value) do
    if k ~= 1 and k ~= "status" and k ~= "source" then
      fail(at, key .. "." .. tostring(k), value[k], "{value, status =, source =}")
    end
  end
  inner(value[1])
  check(at, key .. ".status", value.status, {type = "choice", choices = statuses})
  if value.source ~= nil then check(at, key .. ".source", value.source, {type = "string"}) end
end

local MOST_PART = 200 -- bytes of a name in a path, to which others are added
-- What only this program makes in the folder for data: its folders, and names beside a file's own.
local own_folders, own_names = {labels = true, synthetic = true}, {"%.part$", "%.from$"}

local function check_path(at, key, value)
  if ("/" .. value .. "/"):find("/%.?%.?/") then fail(at, key, value, "a relative path without . and .. in it") end
  for part in value:gmatch("[^/]+") do
    if #part > MOST_PART then fail(at, key, value, ("names of at most %d bytes in a path"):format(MOST_PART)) end
  end
end

local function check_own(at, key, value)
  if own_folders[value:match("^(.-)/") or ""] then
    fail(at, key, value, "another folder: labels and synthetic are the program's own")
  end
  for _, own in ipairs(own_names) do
    if value:find(own) then fail(at, key, value, "a name that does not end in .part or .from, as the program's own do") end
  end
end

local function check_form(at, key, value, form)
  local most = forms[form][3]
  if most and #value > most then fail(at, key, value, ("at most %d bytes"):format(most)) end
  if not value:find(forms[form][1]) then fail(at, key, value, forms[form][2]) end
  if form == "path" then check_path(at, key, value) end
  if key:find("^files%.[^.]*%.path$") then check_own(at, key, value) end
  local wrong = form == "pattern" and pattern.check(value)
  if wrong then fail(at, key, value, "a Lua pattern: " .. wrong) end
end

local function check_keys(at, key, value, keys)
  if type(value) ~= "table" then fail(at, key, value, "a table") end
  local names = {}
  for name in pairs(keys) do names[#names + 1] = name end
  table.sort(names)
  for k, v in pairs(value) do
    if not keys[k] then
      fail(at, (key == "" and "" or key .. ".") .. tostring(k), v, "no such key, but one of "
        .. table.concat(names, ", "))
    end
  end
  for _, name in ipairs(names) do
    local inner = (key == "" and "" or key .. ".") .. name
    if value[name] ~= nil then check(at, inner, value[name], keys[name])
    elseif keys[name].need then missing(at, inner, described(keys[name])) end
  end
end

local function check_rule(at, key, value)
  if type(value) ~= "table" then fail(at, key, value, "a rule") end
  at.depth = (at.depth or 0) + 1
  if at.depth > 12 then fail(at, key, value, "rules nested at most 12 deep") end
  local found
  for name in pairs(rule_forms) do
    if value[name] ~= nil then
      if found then fail(at, key, value, ("one of %s and %s, not both"):format(found, name)) end
      found = name
    end
  end
  if not found then
    local other = next(value)
    local shown = other == nil and key or key .. "." .. tostring(other)
    fail(at, shown, value[other] or value,
      "a rule: one of all, any, none, address, addresses, during, flow, flows, packets")
  end
  local keys = {[found] = rule_forms[found]}
  for name, spec in pairs(rule_extras[found] or {}) do keys[name] = spec end
  check_keys(at, key, value, keys)
  if found == "during" and (value.during.events == nil) == (value.during.from == nil and value.during.to == nil) then
    fail(at, key .. ".during", value.during, "either events, or from and to")
  end
  at.depth = at.depth - 1
end

local checks = {
  string = function(at, key, value, spec)
    if type(value) ~= "string" then fail(at, key, value, described(spec)) end
    if spec.form then check_form(at, key, value, spec.form) end
    if spec.key_of and not (at.card[spec.key_of] or {})[value] then
      fail(at, key, value, ("the name of an entry of %s"):format(spec.key_of))
    end
  end,
  integer = whole,
  number = function(at, key, value, spec)
    if type(value) ~= "number" or value ~= value or value < (spec.min or -math.huge) then
      fail(at, key, value, "a number")
    end
  end,
  boolean = function(at, key, value)
    if type(value) ~= "boolean" then fail(at, key, value, "true or false") end
  end,
  choice = function(at, key, value, spec)
    for _, choice in ipairs(spec.choices) do
      if value == choice then return end
    end
    if value == nil then missing(at, key, described(spec)) end
    fail(at, key, value, described(spec))
  end,
  list = function(at, key, value, spec)
    if type(value) ~= "table" then fail(at, key, value, "a list") end
    for k in pairs(value) do
      if math.type(k) ~= "integer" or k < 1 or k > #value then
        fail(at, key .. "." .. tostring(k), value[k], "a list")
      end
    end
    for i, v in ipairs(value) do check(at, ("%s[%d]"):format(key, i), v, spec.of) end
  end,
  map = function(at, key, value, spec)
    if type(value) ~= "table" then fail(at, key, value, "a table by name") end
    local names = {}
    for k, v in pairs(value) do
      if type(k) ~= "string" then fail(at, ("%s[%s]"):format(key, tostring(k)), v, "a name") end
      if spec.names and not k:find(forms[spec.names][1]) then
        error({status = "input", message = ("card %s: %s: a name %s: expected %s"):format(at.name, key, show(k),
          forms[spec.names][2])}, 0)
      end
      names[#names + 1] = k
    end
    table.sort(names)
    for _, name in ipairs(names) do check(at, key .. "." .. name, value[name], spec.of) end
  end,
  table = function(at, key, value, spec) check_keys(at, key, value, spec.keys) end,
  count = function(at, key, value, spec)
    with_status(at, key, value, function(n) whole(at, key, n, spec) end)
  end,
  statement = function(at, key, value, spec)
    with_status(at, key, value, function(s)
      if type(s) ~= "string" then fail(at, key, s, described(spec)) end
      if spec.form then check_form(at, key, s, spec.form) end
    end)
  end,
  moment = function(at, key, value)
    if type(value) == "number" then return end
    if type(value) ~= "string" or not card.moment(value) then
      fail(at, key, value, "seconds since 1970 or a time such as '2016-10-06T17:52:16.48+10:00'")
    end
  end,
  rule = check_rule,
}

function check(at, key, value, spec) checks[spec.type](at, key, value, spec) end

-- What the types cannot say.
local function check_labels_sense(at, c, key, definition)
  local sources = 0
  for _, source in ipairs {"file", "rule", "joined"} do sources = sources + (definition[source] and 1 or 0) end
  if sources > 1 then fail(at, key, definition, "one of file, rule, joined") end
  if sources == 0 and definition.meaning ~= "none" and not c.synthetic then
    missing(at, key .. ".file", "file, rule or joined (or meaning = 'none', for data without attacks)")
  end
  if (definition.rule or definition.exclude or definition.names) and not c.capture then
    missing(at, "capture", ("the packets that the rules of %s look at"):format(key))
  end
  if definition.joined and not c.files[definition.joined].joined then
    fail(at, key .. ".joined", definition.joined, "the name of a file that has joined")
  end
end

local function check_sense(at, c)
  if c.labels then check_labels_sense(at, c, "labels", c.labels) end
  for name, definition in pairs(c.other_labels or {}) do
    check_labels_sense(at, c, "other_labels." .. name, definition)
  end
  for name, f in pairs(c.files or {}) do
    if f.packed and f.joined then fail(at, "files." .. name, f, "one of packed, joined") end
    if f.packed and c.files[f.packed.file].packed then
      fail(at, ("files.%s.packed.file"):format(name), f.packed.file, "a file that is not packed itself")
    end
    for i, p in ipairs(f.joined or {}) do
      if c.files[p.file].joined then
        fail(at, ("files.%s.joined[%d].file"):format(name, i), p.file, "a file that is not joined itself")
      end
    end
  end
  if not c.synthetic and not c.capture and not c.features then
    missing(at, "capture", "the name of an entry of files")
  end
end

-- Raises an error unless `c` is a card; name: how to call it in the error before its own is known to be good.
function card.check(c, name)
  local at = {name = name, card = c}
  if type(c) ~= "table" then fail(at, "the card", c, "a table: return {...}") end
  for _, key in ipairs {"files", "events"} do -- other keys refer to their entries
    if c[key] ~= nil and type(c[key]) ~= "table" then fail(at, key, c[key], "a table by name") end
  end
  check(at, "", c, card.schema)
  check_sense(at, c)
  return c
end

-- ------------------------------------------------------------------ reading

-- The card in the file `path`, checked; its name must be the file's.
function card.read(path)
  local name = path:match("([^/]+)%.lua$") or path
  local c = plain_file.read(path, "card", "card " .. name)
  card.check(c, name)
  if c.name ~= name then fail({name = name}, "name", c.name, ("'%s', the name of its file"):format(name)) end
  return c
end

-- ------------------------------------------------------------------ facts and times

-- A count or a statement -> its value and status; nil when it is not there.
function card.fact(fact)
  if type(fact) ~= "table" then return fact, fact ~= nil and "asserted" or nil end
  return fact[1], fact.status, fact.source
end

-- A fact that the files must agree with; one that is to be checked must not: nil.
function card.binding(fact)
  local value, status = card.fact(fact)
  return status ~= "to be checked" and value or nil
end

-- Days from 1970-01-01 of a date in the Gregorian calendar (years from March, so that February ends them).
local function days_of(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era, m = y // 400, (month + 9) % 12
  local of_era = y - era * 400
  local of_year = (153 * m + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

-- "+10:00" -> 36000
function card.offset(text)
  local sign, hours, minutes = text:match("^([+-])(%d%d):(%d%d)$")
  return (sign == "-" and -1 or 1) * (hours * 3600 + minutes * 60)
end

-- "2016-10-06 17:52:16.480346", with T for the blank and an offset or Z behind -> s since the epoch, or nil. `offset`:
-- seconds east of Greenwich where the text has none of its own; without either it is no moment.
function card.moment(text, offset)
  local y, m, d, h, min, s, zone = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)[T ](%d%d):(%d%d):(%d%d%.?%d*)(.*)$")
  if not y then return nil end
  if zone == "Z" then offset = 0
  elseif zone:find("^[+-]%d%d:%d%d$") then offset = card.offset(zone)
  elseif zone ~= "" then return nil end
  m, d, h, min, s = tonumber(m), tonumber(d), tonumber(h), tonumber(min), tonumber(s)
  if not offset or m < 1 or m > 12 or d < 1 or d > 31 or h > 23 or min > 59 or s >= 61 then return nil end
  return days_of(tonumber(y), m, d) * 86400 + h * 3600 + min * 60 - offset + s
end

return card
