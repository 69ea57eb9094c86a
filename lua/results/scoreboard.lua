-- SPDX-License-Identifier: GPL-3.0-or-later
-- What came out on each data set, a row a detector: figures with their intervals, costs, and what kind of detector it
-- is. Of repeats the run with the median value counts, as in the tests; its costs are the least of all repeats.
local result_table = require "ninetails.results.table"
local text = require "ninetails.cli.text"

local scoreboard = {}

local classes -- by name; only the detectors in C have flags

-- Of sweep.detectors(), or nil: one in Lua.
function scoreboard.class_of(name)
  if not classes then
    classes = {}
    for _, class in ipairs(require("ninetails.sweep").detectors()) do classes[class.name] = class end
  end
  return classes[name]
end

-- "bound": it was shown the labels of what it scores; "trivial": it looks at no features, or at one; else "".
-- An oracle that was left nothing to choose is none.
function scoreboard.kind(run)
  local class = scoreboard.class_of(run.detector)
  if not class then return "" end
  if class.flags.oracle then
    local given = run.feature and run.feature ~= "best" and run.side and run.side ~= "best"
    return given and "trivial" or "bound"
  end
  return class.flags.blind and not class.flags.capture and "trivial" or ""
end

-- Whether every resample is the sample: one block with attacks and one without. An interval would have no width.
function scoreboard.nothing_to_draw(blocks, attack_blocks)
  return blocks and attack_blocks and blocks > 0 and attack_blocks <= 1 and blocks - attack_blocks <= 1 or false
end

local function least(runs, name)
  local value
  for _, run in ipairs(runs) do
    if run[name] and (not value or run[name] < value) then value = run[name] end
  end
  return value
end

local function rate(rows, seconds) return rows and seconds and rows > 0 and seconds > 0 and rows / seconds or nil end

-- Rows that it learnt from: one with a feature map has that made of the first ones.
local function learnt(run)
  local class = scoreboard.class_of(run.detector)
  return class and class.flags.mapped and run.ad_grace or run.first
end

local intervals = {auc = {"auc_block", "auc"}, eer = {"eer_block"}, tpr_at_fpr_1em3 = {"tpr_at_fpr_1em3_block"}}
local usual = {"auc", "eer", "tpr_at_fpr_1em3"}

-- The figures of a table: the metric compared by and the usual ones, as far as the file has them.
local function figures(t, metric)
  local names = {}
  for _, name in ipairs(usual) do
    if t.column[name] then names[#names + 1] = name end
  end
  if not intervals[metric] then table.insert(names, 1, metric) end
  return names
end

local function row_of(run, runs, label, metric, names)
  local row = {detector = label, kind = scoreboard.kind(run), repeats = #runs, remark = run.remark, run = run.run,
    least = math.huge, most = -math.huge, learn = rate(learnt(run), least(runs, "seconds_learn")),
    score = rate(run.packets and run.first and run.packets - run.first, least(runs, "seconds_score")),
    memory = least(runs, "memory_detector"), shared = run.shared_by}
  for _, same in ipairs(runs) do
    row.least, row.most = math.min(row.least, same[metric]), math.max(row.most, same[metric])
  end
  for _, name in ipairs(names) do
    row[name] = run[name]
    for _, prefix in ipairs(intervals[name] or {}) do
      local drawn = not (prefix:find("_block$") and scoreboard.nothing_to_draw(run.blocks, run.attack_blocks))
      row[prefix .. "_low"], row[prefix .. "_high"] = drawn and run[prefix .. "_low"] or nil,
        drawn and run[prefix .. "_high"] or nil
    end
  end
  return row
end

-- a: of compare.arrange -> {metric =, figures = {name, ...}, {dataset =, packets =, scored =, attacks =, blocks =,
-- attack_blocks =, level =, rows = {{detector =, kind =, repeats =, least =, most =, auc =, auc_low =, ...}}}, ...}
-- least, most: of the metric over the repeats; learn, score: packets a second; memory: bytes.
function scoreboard.make(t, a, metric)
  local board = {metric = metric, figures = figures(t, metric)}
  for _, set in ipairs(a.sets) do
    local entry = {dataset = set, rows = {}}
    for _, label in ipairs(a.methods) do
      local run = a.run[set][label]
      if run then
        for _, name in ipairs {"packets", "scored", "attacks", "blocks", "attack_blocks", "level"} do
          entry[name] = entry[name] or run[name]
        end
        table.insert(entry.rows, row_of(run, a.same[set][label], label, metric, board.figures))
      end
    end
    board[#board + 1] = entry
  end
  return board
end

-- The columns of a row as they go to files, in order.
function scoreboard.columns(board)
  local names = {"detector", "kind", "repeats"}
  for _, figure in ipairs(board.figures) do
    names[#names + 1] = figure
    for _, prefix in ipairs(intervals[figure] or {}) do
      names[#names + 1], names[#names + 2] = prefix .. "_low", prefix .. "_high"
    end
  end
  for _, name in ipairs {"least", "most", "learn", "score", "memory", "shared", "run", "remark"} do
    names[#names + 1] = name
  end
  return names
end

-- ------------------------------------------------------------------ for people

local function range(row, prefix)
  local low, high = row[prefix .. "_low"], row[prefix .. "_high"]
  return low and high and ("[%.4f, %.4f]"):format(low, high) or "-"
end

local titles = {tpr_at_fpr_1em3 = "tpr at 1e-3"}
local shown_intervals = {auc = {{"auc_block", "by blocks"}, {"auc", "DeLong"}},
  tpr_at_fpr_1em3 = {{"tpr_at_fpr_1em3_block", "by blocks"}}}

-- {title =, right =, of = function(row) -> text}, of what the file has.
local function shown_columns(t, board)
  local columns = {}
  local function add(title, right, of) columns[#columns + 1] = {title = title, right = right, of = of} end
  add("", false, function(row) return row.kind end)
  add("detector", false, function(row) return row.detector end)
  for _, figure in ipairs(board.figures) do
    add(titles[figure] or figure, true, function(row) return result_table.shown(t.column[figure], row[figure]) end)
    for _, interval in ipairs(shown_intervals[figure] or {}) do
      if t.column[interval[1] .. "_low"] then
        add(interval[2], false, function(row) return range(row, interval[1]) end)
      end
    end
  end
  for _, cost in ipairs {{"learn", "seconds_learn"}, {"score", "seconds_score"}} do
    if t.column[cost[2]] then
      add(cost[1] .. "/s", true, function(row) return row[cost[1]] and text.scaled(row[cost[1]]) or "-" end)
    end
  end
  if t.column.memory_detector then
    add("memory", true, function(row) return row.memory and text.scaled(row.memory, "B") or "-" end)
  end
  return columns
end

-- The cells of a data set's table, its header first, and which columns are flush right.
function scoreboard.cells(t, board, entry)
  local columns, cells, right = shown_columns(t, board), {{}}, {}
  for i, column in ipairs(columns) do cells[1][i], right[i] = column.title, column.right end
  for k, row in ipairs(entry.rows) do
    cells[k + 1] = {}
    for i, column in ipairs(columns) do cells[k + 1][i] = column.of(row) end
  end
  return cells, right
end

return scoreboard
