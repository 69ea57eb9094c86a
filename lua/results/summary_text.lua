-- SPDX-License-Identifier: GPL-3.0-or-later
-- What `ninetails results summary` prints: "mean ± standard deviation" by configuration as text, CSV, Markdown and LaTeX.
local export = require "ninetails.results.export"
local json = require "ninetails.json"
local outputs = require "ninetails.cli.outputs"
local result_table = require "ninetails.results.table"
local text = require "ninetails.cli.text"

local summary_text = {}

-- ------------------------------------------------------------------ cells

local function runs_of(c) return c.done == c.all and ("%d"):format(c.done) or ("%d of %d"):format(c.done, c.all) end

-- {mean, deviation or nil, note or nil} as texts, nil without a mean. Repeats without a finite value are noted: the mean
-- is not theirs.
local function figure_of(column, c)
  local figure = c.figures[column.name]
  if not figure.mean then return nil end
  local note = figure.count < c.done and ("%d of %d"):format(figure.count, c.done) or nil
  return {result_table.shown(column, figure.mean + 0.0), figure.deviation and result_table.shown(column, figure.deviation),
    note}
end

local function plain_figure(f)
  if not f then return "-" end
  return f[1] .. (f[2] and " ± " .. f[2] or "") .. (f[3] and (" (%s)"):format(f[3]) or "")
end

-- The head and a row a configuration, of texts; which columns are flush right; how(figure) -> text.
local function cells_of(list, how)
  local rows, right = {{}}, {}
  for i, column in ipairs(list.columns) do
    rows[1][i], right[i] = column.name, column.type ~= "text"
  end
  rows[1][#rows[1] + 1] = "runs"
  right[#rows[1]] = true
  for _, metric in ipairs(list.metrics) do rows[1][#rows[1] + 1] = metric.name end
  for k, c in ipairs(list) do
    local row = {}
    for i, column in ipairs(list.columns) do row[i] = result_table.shown(column, c.run[column.name]) end
    row[#row + 1] = runs_of(c)
    for _, metric in ipairs(list.metrics) do row[#row + 1] = how(figure_of(metric, c)) end
    rows[k + 1] = row
  end
  return rows, right
end

-- ------------------------------------------------------------------ formats

local formats = {}

function formats.text(list) return text.table(cells_of(list, plain_figure)) end

-- Numbers as they are: NAME_mean, NAME_sd and NAME_n, the number of repeats that have a finite value.
function formats.csv(list)
  local columns, rows = {}, {}
  local function add(name) columns[#columns + 1] = {name = name} end
  for _, column in ipairs(list.columns) do add(column.name) end
  add "runs"
  add "of"
  for _, metric in ipairs(list.metrics) do
    for _, part in ipairs {"mean", "sd", "n"} do add(metric.name .. "_" .. part) end
  end
  for i, c in ipairs(list) do
    local row = {runs = c.done, of = c.all}
    for _, column in ipairs(list.columns) do row[column.name] = c.run[column.name] end
    for _, metric in ipairs(list.metrics) do
      local figure = c.figures[metric.name]
      row[metric.name .. "_mean"], row[metric.name .. "_sd"] = figure.mean, figure.deviation
      row[metric.name .. "_n"] = figure.count
    end
    rows[i] = row
  end
  return export.text("csv", nil, rows, columns)
end

function formats.markdown(list)
  local rows, right = cells_of(list, plain_figure)
  local lines, rule = {}, {}
  for i in ipairs(rows[1]) do rule[i] = right[i] and "---:" or "---" end
  for k, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do cells[i] = cell:gsub("[\\|]", "\\%0") end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if k == 1 then lines[2] = "| " .. table.concat(rule, " | ") .. " |" end
  end
  return table.concat(lines, "\n") .. "\n"
end

local special = {["\\"] = "\\textbackslash{}", ["~"] = "\\textasciitilde{}", ["^"] = "\\textasciicircum{}"}
for c in ("&%$#_{}"):gmatch "." do special[c] = "\\" .. c end

local function latex(word) return (word:gsub("[\\~^&%%$#_{}]", special)) end

-- "1e-05" and "4.7e+08" as powers of ten.
local function latex_number(word)
  local mantissa, exponent = word:match("^(.-)e([+-]%d+)$")
  if not mantissa then return word end
  return ("%s \\cdot 10^{%d}"):format(mantissa, tonumber(exponent))
end

local function latex_figure(f)
  if not f then return "--" end
  local body = latex_number(f[1])
  if f[2] then body = body .. " \\pm " .. latex_number(f[2]) end
  return ("$%s$"):format(body) .. (f[3] and (" (%s)"):format(f[3]) or "")
end

-- The body of a table as booktabs rules it; data sets are set apart.
function formats.latex(list, path)
  local rows, right = cells_of(list, function(f) return f and f or false end)
  local kinds, lines = {}, {}
  for i in ipairs(rows[1]) do kinds[i] = right[i] and "r" or "l" end
  lines[1] = ("%% ninetails results summary of %s; \\usepackage{booktabs}"):format(result_table.one_line(path))
  lines[2] = ("\\begin{tabular}{%s}"):format(table.concat(kinds))
  lines[3] = "\\toprule"
  for k, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      cells[i] = i > #row - #list.metrics and k > 1 and latex_figure(cell or nil) or latex(cell)
    end
    if k > 2 and list[k - 1].run.dataset ~= list[k - 2].run.dataset then lines[#lines + 1] = "\\midrule" end
    lines[#lines + 1] = table.concat(cells, " & ") .. " \\\\"
    if k == 1 then lines[#lines + 1] = "\\midrule" end
  end
  lines[#lines + 1] = "\\bottomrule\n\\end{tabular}"
  return table.concat(lines, "\n") .. "\n"
end

function formats.json(list, path)
  local all = json.array {}
  for i, c in ipairs(list) do
    local members = {}
    for _, column in ipairs(list.columns) do
      local value = c.run[column.name]
      members[#members + 1] = {column.name, value == nil and json.null or value}
    end
    members[#members + 1], members[#members + 2] = {"runs", c.done}, {"of", c.all}
    for _, metric in ipairs(list.metrics) do
      local figure = c.figures[metric.name]
      members[#members + 1] = {metric.name, json.object {{"mean", figure.mean or json.null},
        {"deviation", figure.deviation or json.null}, {"runs", figure.count}}}
    end
    all[i] = json.object(members)
  end
  return json.encode(json.object {{"file", path}, {"configurations", all}}, true) .. "\n"
end

-- The kinds of file that outputs.check tells one of ours by.
summary_text.kinds = {csv = "csv", markdown = outputs.begins("| ", "a table in Markdown"),
  latex = outputs.begins("% ninetails results summary of ", "a table of results summary"),
  json = outputs.begins('{\n  "file": ', "JSON of results summary"),
  text = {"a table of results summary", function(_, bytes) return bytes:find("^[%w_ ]*detector[%w_ ]* runs") ~= nil end}}

-- list: of configurations.of; path: of the result file.
function summary_text.summary(format, list, path) return formats[format](list, path) end

return summary_text
