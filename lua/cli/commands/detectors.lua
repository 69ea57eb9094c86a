-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails detectors: what experiments can compare, who described it, what it costs, what can be set.
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local sweep = require "ninetails.sweep"
local text = require "ninetails.cli.text"

local WIDTH = 100

-- In the order of the interface (include/ninetails/detector.h), in words.
local traits = {
  {"oracle", "is shown the labels of what it scores: a bound, no detector"},
  {"mapped", "learns from the ad_grace rows after those of the feature map; others learn from both"},
  {"frozen", "scoring changes nothing"},
  {"seeded", "the seed matters"},
  {"times", "needs times"},
  {"sizes", "needs sizes on the wire: a capture, no rows of features"},
  {"capture", "reads the capture itself"},
  {"blind", "does not look at the features"},
}

local function traits_of(class)
  local names = {}
  for _, trait in ipairs(traits) do
    if class.flags[trait[1]] then names[#names + 1] = trait[1] end
  end
  return names
end

-- ------------------------------------------------------------------ all of them

local function list_text(classes)
  local rows = {{"name", "title", "traits", "parameters"}}
  for _, class in ipairs(classes) do
    local parameters = {}
    for i, p in ipairs(class.parameters) do parameters[i] = p.name end
    rows[#rows + 1] = {class.name, class.title, table.concat(traits_of(class), " "),
      #parameters > 0 and ("%d"):format(#parameters) or "none"}
  end
  out.text(text.table(rows, {[4] = true}), "\n")
  local words = {}
  for i, trait in ipairs(traits) do words[i] = trait end
  out.text(text.rows(words), "\n`ninetails detectors NAME` tells its source, its cost and its parameters.\n")
end

-- ------------------------------------------------------------------ one

local function beside(name, body)
  local lines = text.wrap(body, text.within(WIDTH) - 12)
  for i, line in ipairs(lines) do
    out.text(("%-10s  %s\n"):format(i == 1 and name or "", line))
  end
end

local function one_text(class)
  beside("detector", class.name)
  beside("title", class.title)
  beside("source", class.source)
  beside("cost", class.cost)
  for i, name in ipairs(traits_of(class)) do
    for _, trait in ipairs(traits) do
      if trait[1] == name then beside(i == 1 and "traits" or "", ("%s: %s"):format(name, trait[2])) end
    end
  end
  if #class.parameters == 0 then
    beside("parameters", "none")
    return
  end
  out.text("parameters\n")
  for _, p in ipairs(class.parameters) do
    local unit = p.unit and p.unit ~= "" and p.unit ~= "1" and " " .. p.unit or ""
    out.text(("  %s = %s%s\n"):format(p.name, text.preset(p), unit))
    local range = text.range(p)
    for _, line in ipairs(text.wrap(p.help .. (range ~= "" and "; " .. range or ""), text.within(WIDTH) - 6)) do
      out.text("      ", line, "\n")
    end
  end
end

-- ------------------------------------------------------------------ JSON

local function or_null(x)
  if x == nil then return json.null end
  return x
end

local function json_of(class)
  local parameters = json.array {}
  for i, p in ipairs(class.parameters) do
    parameters[i] = json.object {{"name", p.name}, {"type", p.type}, {"unit", or_null(p.unit)}, {"help", p.help},
      {"default", or_null(p.default)}, {"least", or_null(p.least)}, {"most", or_null(p.most)},
      {"above", p.above or false}, {"below", p.below or false},
      {"choices", p.choices and json.array(p.choices) or json.null}}
  end
  return json.object {{"name", class.name}, {"title", class.title}, {"source", class.source}, {"cost", class.cost},
    {"traits", json.array(traits_of(class))}, {"parameters", parameters}}
end

local function find(classes, name)
  local names = {}
  for i, class in ipairs(classes) do
    if class.name == name then return class end
    names[i] = class.name
  end
  local near = text.nearest(name, names)
  error({status = "argument", message = ("no detector '%s': %s"):format(name,
    near and ("did you mean %s?"):format(near) or "expected " .. table.concat(names, ", "))}, 0)
end

return {
  name = "detectors",
  pages = true,
  summary = "Detectors: what there are, who described them, what they cost, what can be set.",
  arguments = {{name = "NAME", optional = true, help = "one of them; without it, a list of all"}},
  options = {{name = "json", type = "flag", help = "print JSON"}},
  run = function(args)
    local classes = sweep.detectors()
    local class = args.name and find(classes, args.name)
    if args.json then
      local list = json.array {}
      for i, each in ipairs(class and {class} or classes) do list[i] = json_of(each) end
      out.data(json.encode(list, true), "\n")
    elseif class then
      one_text(class)
    else
      list_text(classes)
    end
    return 0
  end,
}
