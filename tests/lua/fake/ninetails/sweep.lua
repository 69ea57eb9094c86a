-- SPDX-License-Identifier: GPL-3.0-or-later
-- A stand-in for ninetails.sweep in tests of scripts: a few detectors and measures, and runs that compute nothing.
-- A run with max_autoencoder = 13 fails.
local sweep = {}

local function number(name, default, least, most, extra)
  local p = {name = name, type = "number", unit = "1", help = name, default = default, least = least, most = most}
  for key, value in pairs(extra or {}) do p[key] = value end
  return p
end

function sweep.detectors()
  return {
    {name = "kitnet", title = "KitNET", source = "x", cost = "x", flags = {frozen = true, seeded = true, mapped = true},
      parameters = {
        number("max_autoencoder", 10, 1, 2 ^ 31, {type = "integer", unit = "features"}),
        number("learning_rate", 0.1, 0, math.huge, {above = true}),
        number("hidden_ratio", 0.75, 0, 1, {above = true}),
        number("execute_epsilon", 1e-16, 0, math.huge, {above = true}),
        {name = "bias_update", type = "choice", help = "x", default = "element", choices = {"element", "mean"}},
      }},
    {name = "isolation_forest", title = "Isolation forest", source = "x", cost = "x",
      flags = {frozen = true, seeded = true},
      parameters = {number("trees", 100, 1, 10000, {type = "integer"}),
        number("sample", 256, 2, 1e6, {type = "integer"})}},
    {name = "mahalanobis", title = "Mahalanobis distance", source = "x", cost = "x", flags = {frozen = true},
      parameters = {number("ridge", 1e-9, 0, 1)}},
    {name = "packet_length", title = "Packet length", source = "x", cost = "x",
      flags = {frozen = true, sizes = true, blind = true}, parameters = {}},
    {name = "suricata", title = "Suricata", source = "x", cost = "x", flags = {capture = true, blind = true},
      parameters = {{name = "eve", type = "text", help = "path", default = ""}}},
  }
end

function sweep.measures()
  return {{name = "auc", unit = "1", long_name = "AUC", better = "higher"},
    {name = "eer", unit = "1", long_name = "EER", better = "lower"}}
end

function sweep.tables()
  local function whole(name, default, least, column)
    return {name = name, column = column or name, type = "integer", default = default, least = least, most = 1 << 53}
  end
  local function number(name, default, above, most, below)
    return {name = name, column = name, type = "number", default = default, least = 0, above = above, most = most,
      below = below}
  end
  return {
    run = {whole("replicate", 1, 0), whole("seed", 1234, 1), whole("fm_grace", 5000, 0), whole("ad_grace", 50000, 0)},
    measures = {whole("smoothing", 0, 0), {name = "fold_auc", column = "fold_auc", type = "boolean", default = false},
      {name = "fpr_reference", column = "fpr_reference", type = "choice", default = "benign", choices = {"benign", "all"}},
      number("tail_probability", 0.001, true, 1, true), number("level", 0.95, true, 1, true),
      number("max_fpr", 0.01, true, 1), whole("replicates", 200, 0, "bootstrap_replicates"),
      whole("seed", 1, 1, "bootstrap_seed"), whole("curve_points", 1000, 2), number("block_seconds", 60, true),
      number("gap_seconds", 60)},
    paper = {smoothing = 30, fold_auc = true, fpr_reference = "benign"},
    profiles = {"py100", "csv115", "stream"},
    columns = {"run", "dataset", "profile", "detector", "status", "reason", "packets", "first", "absence",
      "seconds_extract", "seconds_map", "seconds_learn", "seconds_score", "shared_by", "memory_detector", "remark",
      "seconds_measure", "memory_peak"},
  }
end

local function key_of(i) return ("run%04d"):format(i) end

function sweep.plan(plan)
  local runs = {}
  for i in ipairs(plan.runs) do
    runs[i] = {key = key_of(i), state = i == 1 and "kept" or "missing", seconds = i == 1 and 0 or 0.5,
      stages = {features = "cached", map = "missing", scores = "missing"}}
  end
  return {runs = runs, seconds = 0.5 * (#runs - 1), cached = 1, missing = #runs - 1}
end

function sweep.run(plan)
  local runs, failed = {}, 0
  local columns = {run = {}, auc = {}, eer = {}}
  for i, run in ipairs(plan.runs) do
    local bad = run.values.max_autoencoder == 13
    failed = failed + (bad and 1 or 0)
    runs[i] = {key = key_of(i), state = bad and "failed" or "done", reason = bad and "thirteen" or nil}
    columns.run[i], columns.auc[i], columns.eer[i] = key_of(i), 0.9 + run.seed / 1000, 0.1
    if plan.progress then
      plan.progress {done = i - failed, failed = failed, kept = 0, total = #plan.runs, running = {"x"}, seconds = i,
        remaining = #plan.runs - i, rate = 1e6}
    end
  end
  local read = {}
  for _, name in ipairs {"run", "auc", "eer"} do
    read[#read + 1] = {name = name, type = name == "run" and "text" or "number", values = columns[name]}
  end
  require("ninetails.results").read = function() return {rows = #runs, columns = read, notes = {}} end
  return {runs = runs, done = #runs - failed, kept = 0, failed = failed, missing = 0, seconds = 1.5, rate = 2.5e6,
    threads = plan.jobs, jobs = plan.jobs,
    output = plan.output}
end

return sweep
