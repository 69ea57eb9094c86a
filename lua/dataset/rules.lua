-- SPDX-License-Identifier: GPL-3.0-or-later
-- A card's labelling rules -> the flows that ninetails.labels evaluates: logs of events and tables of flows are read
-- here, addresses and times become leaves.
--
--   rules.resolve(card, rule, open)   open(key) --> path of the file of that name in the card
--   rules.files(card, rule)           --> {key = true} of the files that it needs
local card = require "ninetails.dataset.card"
local files = require "ninetails.files"
local pattern = require "ninetails.pattern"

local rules = {}

local MOST_LOG, MOST_TABLE = 16 << 20, 256 << 20 -- bytes of a log, of a table of flows
local MOST_EVENT, MOST_LINE = 1 << 12, 1 << 16 -- bytes of a line of either
local MOST_EVENTS, MOST_FLOWS = 100000, 1000000 -- that a rule keeps
local MOST_FIELDS = 1000 -- of a table of flows
local MOST_FILES = 100 -- that a rule reads, one that is read twice counted twice

-- Texts of files may have zero bytes, which "%.40s" refuses.
local function fail(format, ...)
  local values = table.pack(...)
  for i = 1, values.n do
    if type(values[i]) == "string" then values[i] = values[i]:gsub("%z", "\\0") end
  end
  error({status = "input", message = format:format(table.unpack(values, 1, values.n))}, 0)
end

-- "BAD-*": whether it describes the name, in time that grows with their lengths alone.
local function matches(name, glob)
  local first, rest = glob:match("^([^*]*)(.*)$")
  if rest == "" then return name == glob end
  local last = rest:match("[^*]*$")
  if #name < #first + #last or name:sub(1, #first) ~= first then return false end
  if last ~= "" and name:sub(-#last) ~= last then return false end
  local from, stop = #first + 1, #name - #last
  for part in rest:sub(1, #rest - #last):gmatch("[^*]+") do -- each as early as it comes
    local at, to = name:find(part, from, true)
    if not at or to > stop then return false end
    from = to + 1
  end
  return true
end

local function matches_any(name, globs)
  if not globs then return true end
  for _, glob in ipairs(globs) do
    if matches(name, glob) then return true end
  end
  return false
end

-- Lines with their numbers, without what ends them.
local function lines_of(text, path, most)
  local number, at = 0, 1
  return function()
    if at > #text then return end
    local stop = text:find("\n", at, true) or #text + 1
    number = number + 1
    if stop - at > most then fail("%s: line %d: has more than %d bytes", path, number, most) end
    local line = text:sub(at, stop - 1)
    at = stop + 1
    return number, line:sub(-1) == "\r" and line:sub(1, -2) or line
  end
end

-- ------------------------------------------------------------------ logs of events

local function event_time(spec, word)
  local offset = card.offset(spec.utc_offset)
  if spec.clock == "date" then return card.moment(word, offset) end
  local seconds = tonumber(word)
  return seconds and math.abs(seconds) < math.huge and seconds - offset or nil
end

-- Time, name and edge of a line, as the card's pattern takes them out; nil when it does not.
local function edge_of(spec, line, path, number)
  local time, name, edge = pattern.match(line, spec.line)
  if time and not edge then
    fail("%s: line %d: the card's pattern for lines of events takes no text for each of time, name and edge", path, number)
  end
  return time, name, edge
end

local function is_ignored(spec, line)
  return not line:find("%S") or spec.ignore and pattern.match(line, spec.ignore)
end

-- The events of a log, in order of their start: {name =, from =, to =, line =}. Every line must be an edge of an event,
-- empty, or one that the card has ignored; every start has its end.
function rules.events(spec, text, path)
  local list, running = {}, {}
  for number, line in lines_of(text, path, MOST_EVENT) do
    local time, name, edge = edge_of(spec, line, path, number)
    if not time then
      if not is_ignored(spec, line) then
        fail("%s: line %d: '%.60s' is neither an event nor to be ignored", path, number, line)
      end
    else
      local seconds = event_time(spec, time)
      if not seconds then fail("%s: line %d: time '%.40s': expected a %s", path, number, time, spec.clock) end
      local open = running[name]
      if edge == spec.start then
        if open then fail("%s: line %d: %s starts again, it runs since line %d", path, number, name, open.line) end
        if #list == MOST_EVENTS then fail("%s: line %d: more than %d events", path, number, MOST_EVENTS) end
        running[name] = {name = name, from = seconds, line = number}
        list[#list + 1] = running[name]
      elseif edge == spec.stop then
        if not open then fail("%s: line %d: %s ends without a start", path, number, name) end
        if seconds < open.from then fail("%s: line %d: %s ends before it starts", path, number, name) end
        open.to, running[name] = seconds, nil
      else
        fail("%s: line %d: '%.40s': expected %s or %s", path, number, tostring(edge), spec.start, spec.stop)
      end
    end
  end
  for _, event in ipairs(list) do
    if not event.to then fail("%s: line %d: %s never ends", path, event.line, event.name) end
  end
  return list
end

-- ------------------------------------------------------------------ tables of flows

local function fields_of(line)
  local fields, at = {}, 1
  while true do
    local quoted, after = line:match('^"([^"]*)"()', at)
    if quoted then fields[#fields + 1] = quoted
    else fields[#fields + 1], after = line:match("^([^,]*)()", at) end
    if line:sub(after, after) ~= "," or #fields > MOST_FIELDS then return fields end
    at = after + 1
  end
end

local function flow_time(spec, word, path, number)
  local offset = spec.utc_offset and card.offset(spec.utc_offset) or 0
  local seconds = tonumber(word)
  if seconds and math.abs(seconds) == math.huge then seconds = nil end
  seconds = seconds and seconds - offset or card.moment(word, offset)
  return seconds or fail("%s: line %d: time '%.40s': expected seconds or a date", path, number, word)
end

local function flow_of(spec, row, path, number)
  local columns = spec.columns
  local flow = {a = row[columns.a], b = row[columns.b], directed = spec.directed}
  for _, key in ipairs {"a_port", "b_port"} do
    local word = columns[key] and row[columns[key]]
    if word and word ~= "" then
      local port = math.tointeger(tonumber(word))
      if not port or port < 0 or port > 65535 then
        fail("%s: line %d: port '%.20s': expected 0 to 65535", path, number, word)
      end
      flow[key] = port
    end
  end
  if columns.from then flow.from = flow_time(spec, row[columns.from], path, number) end
  if columns.to then flow.to = flow_time(spec, row[columns.to], path, number) end
  if columns.attack and row[columns.attack] ~= "" then flow.attack = row[columns.attack] end
  if columns.protocol then
    local word = row[columns.protocol]
    flow.protocol = spec.protocols and spec.protocols[word] or word:lower()
    if spec.protocols and not spec.protocols[word] then
      fail("%s: line %d: protocol '%.40s' is not in the card's flows.protocols", path, number, word)
    end
  end
  return flow
end

function rules.flows(spec, text, path)
  local names, list = nil, {}
  local needed = {}
  for _, column in pairs(spec.columns) do needed[column] = true end
  for column in pairs(spec.where or {}) do needed[column] = true end
  for number, line in lines_of(text, path, MOST_LINE) do
    if not names then
      names = fields_of(line)
      if #names > MOST_FIELDS then fail("%s: more than %d columns", path, MOST_FIELDS) end
      for _, name in ipairs(names) do needed[name] = nil end
      if next(needed) then fail("%s: no column '%s'", path, (next(needed))) end
    elseif line ~= "" then
      local row, fields = {}, fields_of(line)
      if #fields ~= #names then fail("%s: line %d: %d fields, %d expected", path, number, #fields, #names) end
      for i, name in ipairs(names) do row[name] = fields[i] end
      local wanted = true
      for column, text_ in pairs(spec.where or {}) do wanted = wanted and matches(row[column], text_) end
      if wanted then
        if #list == MOST_FLOWS then fail("%s: line %d: more than %d flows", path, number, MOST_FLOWS) end
        list[#list + 1] = flow_of(spec, row, path, number)
      end
    end
  end
  return list
end

-- ------------------------------------------------------------------ leaves

local function instant(value)
  if type(value) == "string" then return card.moment(value) end
  return value
end

local function address_flow(text, side)
  if side == "destination" then return {b = text, directed = true} end
  return {a = text, directed = side == "source"}
end

local leaves = {
  address = function(rule) return {address_flow(rule.address, rule.side)} end,
  addresses = function(rule)
    local list = {}
    for i, text in ipairs(rule.addresses) do list[i] = address_flow(text, rule.side) end
    return list
  end,
  packets = function(rule) return {{first = rule.packets.first, last = rule.packets.last}} end,
  flow = function(rule)
    local f = {}
    for key, value in pairs(rule.flow) do f[key] = value end
    f.from, f.to = instant(f.from), instant(f.to)
    return {f}
  end,
  flows = function(rule, _, open)
    local path = open(rule.flows.file)
    return rules.flows(rule.flows, files.read(path, MOST_TABLE), path)
  end,
  during = function(rule, c, open)
    local during = rule.during
    if not during.events then return {{from = instant(during.from), to = instant(during.to)}} end
    local spec, list = c.events[during.events], {}
    local path = open(spec.file)
    for _, event in ipairs(rules.events(spec, files.read(path, MOST_LOG), path)) do
      if matches_any(event.name, during.only) then
        list[#list + 1] = {from = event.from, to = event.to, attack = event.name}
      end
    end
    return list
  end,
}

-- The files that a rule needs: {key = true}.
function rules.files(c, rule, found)
  found = found or {}
  for _, group in ipairs {"all", "any", "none"} do
    for _, child in ipairs(rule[group] or {}) do rules.files(c, child, found) end
  end
  if rule.flows then found[rule.flows.file] = true end
  if rule.during and rule.during.events then found[c.events[rule.during.events].file] = true end
  return found
end

local function count_files(rule)
  local count = (rule.flows or rule.during and rule.during.events) and 1 or 0
  for _, group in ipairs {"all", "any", "none"} do
    for _, child in ipairs(rule[group] or {}) do count = count + count_files(child) end
  end
  return count
end

local function resolve(c, rule, open)
  for _, group in ipairs {"all", "any", "none"} do
    if rule[group] then
      local children = {}
      for i, child in ipairs(rule[group]) do children[i] = resolve(c, child, open) end
      return {[group] = children}
    end
  end
  for name, leaf in pairs(leaves) do
    if rule[name] then
      local flows = leaf(rule, c, open)
      for _, flow in ipairs(rule.attack and flows or {}) do flow.attack = rule.attack end
      return {flows = flows}
    end
  end
end

function rules.resolve(c, rule, open)
  local count = count_files(rule)
  if count > MOST_FILES then fail("data set %s: a rule reads %d files, at most %d expected", c.name, count, MOST_FILES) end
  return resolve(c, rule, open)
end

return rules
