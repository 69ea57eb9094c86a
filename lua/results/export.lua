-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tables of runs for other programs: CSV, JSON, JSON lines.
local json = require "ninetails.json"
local text = require "ninetails.cli.text"

local export = {}

-- One run as a JSON object with every one of the columns: null where it has no such value.
function export.record(run, columns)
  local members = {}
  for i, column in ipairs(columns) do
    local value = run[column.name]
    if value == nil then value = json.null end
    members[i] = {column.name, value}
  end
  return json.object(members)
end

function export.records(runs, columns)
  local list = json.array {}
  for i, run in ipairs(runs) do list[i] = export.record(run, columns) end
  return list
end

-- RFC 4180: a field with a comma, a quote or a line break is quoted, its quotes doubled.
local function field(value)
  if value == nil then return "" end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if type(value) == "number" then
    if value == math.huge or value == -math.huge then return value > 0 and "inf" or "-inf" end
    return text.plain(value)
  end
  if value:find('[,"\r\n]') then return '"' .. value:gsub('"', '""') .. '"' end
  return value
end

local formats = {}

function formats.csv(_, runs, columns)
  local lines, cells = {}, {}
  for i, column in ipairs(columns) do cells[i] = field(column.name) end
  lines[1] = table.concat(cells, ",")
  for _, run in ipairs(runs) do
    for i, column in ipairs(columns) do cells[i] = field(run[column.name]) end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

function formats.jsonl(_, runs, columns)
  local lines = {}
  for i, run in ipairs(runs) do lines[i] = json.encode(export.record(run, columns)) .. "\n" end
  return table.concat(lines)
end

function formats.json(t, runs, columns)
  local described = json.array {}
  for i, column in ipairs(columns) do
    described[i] = json.object {{"name", column.name}, {"unit", column.unit}, {"long_name", column.long_name},
      {"role", column.role}, {"better", column.better}, {"type", column.type}}
  end
  return json.encode(json.object {{"notes", t.notes}, {"columns", described},
    {"runs", export.records(runs, columns)}}, true) .. "\n"
end

-- -> the text of the runs as "csv", "json" or "jsonl".
function export.text(format, t, runs, columns) return formats[format](t, runs, columns) end

return export
