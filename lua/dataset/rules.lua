-- SPDX-License-Identifier: GPL-3.0-or-later
-- A card's labelling rules -> the flows that ninetails.labels evaluates: logs of events and tables of flows are read
-- here, addresses and times become leaves.
--
--   rules.resolve(card, rule, open)   open(key) --> path of the file of that name in the card
--   rules.files(card, rule)           --> {key = true} of the files that it needs
local card = require "ninetails.dataset.card"
local files = require "ninetails.files"

local rules = {}

local MOST_BYTES = 256 << 20 -- of a log or a table of flows

local function fail(...) error({status = "input", message = string.format(...)}, 0) end

-- "BAD-*" -> a Lua pattern
local function glob(text)
  return "^" .. text:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%*", ".*") .. "$"
end

local function matches_any(name, globs)
  if not globs then return true end
  for _, text in ipairs(globs) do
    if name:find(glob(text)) then return true end
  end
  return false
end

-- ------------------------------------------------------------------ logs of events

local function event_time(spec, word)
  local offset = card.offset(spec.utc_offset)
  if spec.clock == "date" then return card.moment(word, offset) end
  local seconds = tonumber(word)
  return seconds and seconds - offset
end

-- The events of a log, in order of their start: {name =, from =, to =, line =}. Every line must be an edge of an event,
-- empty, or one that the card tells to ignore; every start has its end.
function rules.events(spec, text, path)
  local list, running, number = {}, {}, 0
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local time, name, edge = line:match(spec.line)
    if not time then
      if line:find("%S") and not (spec.ignore and line:find(spec.ignore)) then
        fail("%s: line %d: '%.60s' is neither an event nor to be ignored", path, number, line)
      end
    else
      local seconds = event_time(spec, time)
      if not seconds then fail("%s: line %d: time '%.40s': expected a %s", path, number, time, spec.clock) end
      local open = running[name]
      if edge == spec.start then
        if open then fail("%s: line %d: %s starts again, it runs since line %d", path, number, name, open.line) end
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
    if line:sub(after, after) ~= "," then return fields end
    at = after + 1
  end
end

local function flow_time(spec, word, path, number)
  local offset = spec.utc_offset and card.offset(spec.utc_offset) or 0
  local seconds = tonumber(word)
  seconds = seconds and seconds - offset or card.moment(word, offset)
  return seconds or fail("%s: line %d: time '%.40s': expected seconds or a date", path, number, word)
end

local function flow_of(spec, row, path, number)
  local columns = spec.columns
  local flow = {a = row[columns.a], b = row[columns.b], directed = spec.directed}
  for _, key in ipairs {"a_port", "b_port"} do
    local word = columns[key] and row[columns[key]]
    if word and word ~= "" then
      flow[key] = math.tointeger(tonumber(word)) or fail("%s: line %d: port '%.20s'", path, number, word)
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
  local names, list, number = nil, {}, 0
  local needed = {}
  for _, column in pairs(spec.columns) do needed[column] = true end
  for column in pairs(spec.where or {}) do needed[column] = true end
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    if not names then
      names = fields_of(line)
      for _, name in ipairs(names) do needed[name] = nil end
      if next(needed) then fail("%s: no column '%s'", path, (next(needed))) end
    elseif line ~= "" then
      local row, fields = {}, fields_of(line)
      if #fields ~= #names then fail("%s: line %d: %d fields, %d expected", path, number, #fields, #names) end
      for i, name in ipairs(names) do row[name] = fields[i] end
      local wanted = true
      for column, text_ in pairs(spec.where or {}) do wanted = wanted and row[column]:find(glob(text_)) ~= nil end
      if wanted then list[#list + 1] = flow_of(spec, row, path, number) end
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
    return rules.flows(rule.flows, files.read(path, MOST_BYTES), path)
  end,
  during = function(rule, c, open)
    local during = rule.during
    if not during.events then return {{from = instant(during.from), to = instant(during.to)}} end
    local spec, list = c.events[during.events], {}
    local path = open(spec.file)
    for _, event in ipairs(rules.events(spec, files.read(path, MOST_BYTES), path)) do
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

function rules.resolve(c, rule, open)
  for _, group in ipairs {"all", "any", "none"} do
    if rule[group] then
      local children = {}
      for i, child in ipairs(rule[group]) do children[i] = rules.resolve(c, child, open) end
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

return rules
