-- SPDX-License-Identifier: GPL-3.0-or-later
-- The reference of functions for scripts names exactly the functions that exist; so does the page that explains them.
local nt, array = require "ninetails", require "ninetails.array"
local manual, reference = require "ninetails.cli.manual", require "ninetails.experiment.reference"

local faults = {}
local function fault(...) faults[#faults + 1] = string.format(...) end

local function same(what, listed, there)
  local seen = {}
  for _, row in ipairs(listed) do
    if seen[row[1]] then fault("%s: %s is listed twice", what, row[1]) end
    if not there[row[1]] then fault("%s: there is no %s", what, row[1]) end
    if not row[2]:find(row[1], 1, true) or #row[3] < 10 then fault("%s: %s: how it is called, or what it gives", what, row[1]) end
    seen[row[1]] = true
  end
  for name in pairs(there) do
    if not seen[name] then fault("%s: %s is not listed", what, name) end
  end
end

local functions, detectors = {}, {}
for name, value in pairs(nt) do functions[name] = value end
for _, class in ipairs(nt.detectors()) do
  detectors[class.name], functions[class.name] = class, nil
end
same("nt", reference.functions, functions)
same("array", reference.array_functions, array)

-- Arrays hide their metatable from scripts; the registry gives it.
array.new(1)
local meta = debug.getregistry()["ninetails.array"]
local methods
for i = 1, 5 do
  local _, value = debug.getupvalue(meta.__index, i)
  methods = methods or type(value) == "table" and value
end
same("methods of arrays", reference.array_methods, assert(methods, "no methods of arrays"))

local page = manual.scripts()
for name, class in pairs(detectors) do
  if not page:find("\n## nt." .. name .. "\n", 1, true) then fault("the page has no %s", name) end
  for _, p in ipairs(class.parameters) do
    if not p.help or p.help == "" then fault("%s.%s has no help", name, p.name) end
  end
end
for _, setting in ipairs(require("ninetails.sweep").tables().measures) do
  if not page:find("\n| `" .. setting.name .. "` |", 1, true) then fault("the page has no setting %s", setting.name) end
end

local file = assert(io.open(DIRECTORY .. "/../docs/experiments.md"))
local explained = file:read("a")
file:close()
for _, row in ipairs(reference.functions) do
  if not explained:find("nt." .. row[1], 1, true) then fault("docs/experiments.md does not explain nt.%s", row[1]) end
end
for _, row in ipairs(reference.fields) do
  if not explained:find("`" .. row[1] .. "`", 1, true) then fault("docs/experiments.md does not explain the field %s", row[1]) end
end
if #faults > 0 then error("\n" .. table.concat(faults, "\n"), 0) end
