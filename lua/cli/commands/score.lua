-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails score: one capture -> an anomaly score for each packet.
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local parameter = require "ninetails.cli.parameter"
local one_capture = require "ninetails.cli.one_capture"
local text = require "ninetails.cli.text"

-- The parameters of the detector; in `parameters` of --json.
local detector = parameter.options {"fm_grace", "ad_grace", "max_autoencoder", "learning_rate", "hidden_ratio", "seed",
  "bias_update", "train_epsilon", "execute_epsilon", "isa", "tail_probability"}
local own = parameter.options {"feature_map", "labels", "with_features"}
local models = {parameter.option("load", {value = "MODEL"}), parameter.option("save", {value = "MODEL"})}
-- What a model brings with it; the others may be told anew.
local brought = {"profile", "max_streams", "fm_grace", "ad_grace", "max_autoencoder", "learning_rate", "hidden_ratio", "seed",
  "bias_update", "train_epsilon", "execute_epsilon", "feature_map"}

local fields, options = {}, {one_capture.profile}
for _, group in ipairs {detector, own, models} do
  for _, option in ipairs(group) do
    fields[#fields + 1] = option.field
    options[#options + 1] = option
  end
end
for _, option in ipairs(one_capture.options) do
  if option.name == "force" then
    option = {name = "force", type = "flag",
      help = "replace the files that --output and --save name, whatever they are; else only those of the kind that is written"}
  end
  options[#options + 1] = option
end

local function check_models(args)
  for _, field in ipairs(args.load and brought or {}) do
    if args.given[field] then
      error({status = "argument", message = ("--%s: model %s, which --load names, has its own"):format(field:gsub("_", "-"),
        args.load)}, 0)
    end
  end
  if args.save then outputs.check(args.save, "model", args.force) end
end

local function list(...) return {...} end
local function append(to, more)
  for _, item in ipairs(more) do to[#to + 1] = item end
end

-- ------------------------------------------------------------------ for people

-- "31: 10 10 9 (x5) ..." would hide the shape; runs of equal sizes are printed once.
local function sizes_text(map)
  local sizes, parts = {}, {}
  for _, size in ipairs(map.sizes) do sizes[#sizes + 1] = size end
  table.sort(sizes, function(a, b) return a > b end)
  local i = 1
  while i <= #sizes do
    local from = i
    while i <= #sizes and sizes[i] == sizes[from] do i = i + 1 end
    parts[#parts + 1] = i - from == 1 and ("%d"):format(sizes[from]) or ("%d x %d"):format(i - from, sizes[from])
  end
  return ("%d autoencoder%s of %s features"):format(map.autoencoders, map.autoencoders == 1 and "" or "s",
    table.concat(parts, ", "))
end

local function quantiles_text(summary)
  local parts = {}
  for _, pair in ipairs(summary.quantiles) do
    local name = pair[1] == 0 and "min" or pair[1] == 1 and "max" or text.plain(pair[1] * 100) .. " %"
    parts[#parts + 1] = ("%s %s"):format(name, text.number(pair[2]))
  end
  return table.concat(parts, ", ")
end

local function threshold_text(args, s)
  if s.threshold_absence then return "none: " .. s.threshold_absence end
  return ("%s (log-normal, last %s training scores, tail %s)"):format(text.number(s.threshold, 6),
    text.count(s.fitted), text.plain(args.tail_probability))
end

-- How far the slowest of the extractor's windows is from what steady traffic makes of it.
local function training_text(result)
  if result.phase ~= "execution" then return end
  local seconds, filled = result.training_seconds, result.window_filled
  if seconds ~= seconds then return end
  if filled ~= filled then return ("ended %s after the first packet"):format(text.duration(seconds)) end
  return ("ended %s after the first packet: the slowest window (half-life %s s) held %.0f %% of its weight"):format(
    text.duration(seconds), text.plain(result.half_life), math.floor(100 * filled))
end

local FILLED = 0.9 -- below it features still grow so much that scores drift

local function alarm_warning(args, result)
  local s = result.summary
  local a = s.alarms
  if not a.contradicts then return end
  local said = text.too_many_alarms(a, args.tail_probability, s.attacks and "benign packets" or "packets")
  if result.window_filled < FILLED then
    local need = result.half_life * math.log(1 / (1 - FILLED), 2)
    return ("%s: training ended after %s, but windows fill for %s: train for longer (--ad-grace)"):format(said,
      text.duration(result.training_seconds), text.duration(need))
  end
  if s.nan > 0 then return said end
  return said .. (s.attacks and ": the scores drift from those of training"
    or ": attacks, or scores that drift from those of training")
end

-- What a reader of the figures must know.
local function warnings(args, result)
  local s, list = result.summary, {}
  if result.execution == 0 then return list end
  if s.trains_on_attacks then
    local graces = result.given_map and ("ad=%d"):format(args.ad_grace)
      or ("fm=%d ad=%d"):format(args.fm_grace, args.ad_grace)
    list[#list + 1] = text.trains_on_attacks(result.labels, graces, s.clean)
  end
  if s.nan > 0 then
    list[#list + 1] = ("%s of %s scores are not a number: they count as most anomalous"):format(text.count(s.nan),
      text.count(s.scored))
  end
  if s.attacks and s.absence then list[#list + 1] = "no AUC and no EER: " .. s.absence end
  if s.threshold_absence then list[#list + 1] = "no threshold: " .. s.threshold_absence end
  list[#list + 1] = alarm_warning(args, result)
  return list
end

local function label_rows(result)
  local s = result.summary
  if not s.attacks then return end
  return {"labels", ("%s attack, %s benign, %s excluded, of the scored packets"):format(text.count(s.attacks),
      text.count(s.benign), text.count(s.excluded))},
    {"read from", ("%s (%s%s)"):format(result.labels, result.labels_format,
      result.labels_note and ": " .. result.labels_note or "")},
    {"AUC", s.absence and "none: " .. s.absence or ("%.6f"):format(s.auc)},
    {"EER", s.eer == s.eer and ("%.4f (%.4f at the nearest step)"):format(s.eer, s.eer_nearest) or nil}
end

-- A row an attack that the labels name: its packets against all benign ones.
local function attack_table(attacks)
  local rows, right = {{"attack", "packets", "AUC", "average precision", "TPR at FPR 0.001"}}, {}
  for _, a in ipairs(attacks) do
    local row = {a.attack, text.count(a.packets)}
    for i, x in ipairs {a.auc, a.average_precision, a.tpr_at_fpr_1em3} do
      row[i + 2] = x == x and ("%.4f"):format(x) or "none"
    end
    rows[#rows + 1] = row
  end
  for i = 2, #rows[1] do right[i] = true end
  return text.table(rows, right)
end

local function saved_text(args, result)
  if not args.save then return end
  return ("%s, in %s, after %s packets in all"):format(args.save, result.phase,
    text.count(result.taken_before + result.packets))
end

local function score_rows(args, result)
  local s = result.summary
  if result.execution == 0 then return end
  return {"scores", quantiles_text(s)},
    {"non-finite", ("%s (%s infinite, %s not a number)"):format(text.count(s.nan + s.infinite),
      text.count(s.infinite), text.count(s.nan))},
    {"threshold", threshold_text(args, s)},
    {"above it", ("%s packets (%s)"):format(text.count(s.above), text.percent(s.above, s.scored))}
end

local function print_text(args, result)
  local rows = list(one_capture.input_rows(args, result))
  append(rows, {
    {"goes on from", args.load and ("%s, after %s packets"):format(args.load, text.count(result.taken_before)) or nil},
    {"phases", ("%s mapping, %s training, %s execution"):format(text.count(result.mapping),
      text.count(result.training), text.count(result.execution))},
    {"training", training_text(result)},
    {"feature map", result.map.autoencoders > 0 and sizes_text(result.map) or nil},
  })
  append(rows, list(score_rows(args, result)))
  append(rows, list(label_rows(result)))
  append(rows, list(one_capture.speed_rows(args, result)))
  append(rows, {{"model", saved_text(args, result)}})
  out.text(text.rows(rows))
  if result.attacks_by_name then out.text("\n", attack_table(result.attacks_by_name)) end
end

-- ------------------------------------------------------------------ for programs

local function attacks_json(attacks)
  local rows = json.array {}
  for i, a in ipairs(attacks or {}) do
    rows[i] = json.object {{"attack", a.attack}, {"packets", a.packets}, {"auc", a.auc},
      {"average_precision", a.average_precision}, {"tpr_at_fpr_1em3", a.tpr_at_fpr_1em3}}
  end
  return rows
end

local function summary_json(args, result)
  local s = result.summary
  local quantiles = json.array {}
  for i, pair in ipairs(s.quantiles) do quantiles[i] = json.object {{"q", pair[1]}, {"score", pair[2]}} end
  return {"phases", json.object {{"mapping", result.mapping}, {"training", result.training},
      {"execution", result.execution}}},
    {"map", json.object {{"autoencoders", result.map.autoencoders}, {"sizes", json.array(result.map.sizes)},
      {"features", json.array(result.map.features)}}},
    {"quantiles", quantiles}, {"nan", s.nan}, {"infinite", s.infinite},
    {"threshold", json.object {{"value", s.threshold}, {"tail_probability", args.tail_probability}, {"fitted", s.fitted},
      {"log_mean", s.log_mean}, {"log_deviation", s.log_deviation}, {"above", s.above},
      {"missing", s.threshold_absence}}},
    {"training_seconds", result.training_seconds}, {"window_filled", result.window_filled},
    {"alarms", json.object {{"judged", s.alarms.judged}, {"share", s.alarms.share}, {"blocks", s.alarms.blocks},
      {"over", s.alarms.over}, {"allowed", s.alarms.allowed}, {"contradict", s.alarms.contradicts}}},
    {"warnings", json.array(warnings(args, result))},
    {"labels", s.attacks and json.object {{"file", result.labels}, {"format", result.labels_format},
      {"note", result.labels_note}, {"attack", s.attacks}, {"benign", s.benign},
      {"excluded", s.excluded}, {"clean", s.clean}, {"auc", s.auc}, {"eer", s.eer},
      {"eer_nearest", s.eer_nearest}, {"missing", s.absence}, {"threshold_tpr", s.threshold_tpr},
      {"threshold_fpr", s.threshold_fpr},
      {"by_name", result.attacks_by_name and attacks_json(result.attacks_by_name)}} or nil}
end

-- All figures that exist, by their names in a table of runs.
local function figures_json(figures)
  local members = {}
  for _, measure in ipairs(require("ninetails.sweep").measures()) do
    local value = figures[measure.name]
    if value ~= nil then members[#members + 1] = {measure.name, value} end
  end
  return json.object(members)
end

local function print_json(args, result)
  local members = list(one_capture.input_json(args, result))
  local parameters = {}
  for i, option in ipairs(detector) do parameters[i] = {option.field, args[option.field]} end
  append(members, {{"parameters", json.object(parameters)}, {"isa", result.isa},
    {"model", (args.load or args.save) and json.object {{"load", args.load}, {"packets_before", result.taken_before},
      {"save", args.save}, {"phase", result.phase}} or nil}})
  append(members, list(summary_json(args, result)))
  append(members, {{"metrics", figures_json(result.figures)}})
  append(members, list(one_capture.speed_json(args, result)))
  out.data(json.encode(json.object(members), true), "\n")
end

return {
  name = "score",
  summary = "Score each packet of a capture with Kitsune: extraction, feature map, ensemble of autoencoders.",
  details = "The first fm-grace + 1 packets teach the feature map, the next ad-grace packets train the autoencoders, "
    .. "and the rest is scored; scores of the grace periods are 0. A capture must outlast them.\n\n"
    .. "An .h5 has /scores, /timestamps, /labels and /attacks when given, the map, and in its attributes all parameters; "
    .. "a .csv has the columns packet (from 0 on), timestamp, score, label and attack.\n\n"
    .. "An attack that the labels name has a row of its own: its packets against all benign ones. A CSV of features with a "
    .. "column of labels needs no --labels; that column is never a feature.\n\n"
    .. "--save keeps all that was learnt, --load goes on from there, with this capture or another: to train on one and score "
    .. "another, or to learn from several in turn. At whatever packet a model was saved, the scores that follow are those, bit "
    .. "for bit, of one run over all packets. Scores, figures and labels are of this capture's packets alone; the threshold is "
    .. "that of the model, but for --tail-probability. A model whose grace periods are not over goes on learning.",
  sections = {{title = "Labels", rows = {
    {"form", "a text with one label for each packet of the capture: one value a line; or INDEX,VALUE (or ; or a tab), "
      .. "whose index counts from 1, or from 0 if it begins so, without gaps; or a table whose header calls one column "
      .. "label, class, target or is_attack. With or without a header, quotes, compression"},
    {"value", "0 or 1, however written (0.0, 1.0e+00, False, True); or a name: benign, normal and legitimate are benign, "
      .. "any other is that of an attack; or x, which leaves the packet out of metrics"},
    {"names", "a table with labels of 0 and 1 names attacks in a column attack, attack_cat, type or activity"},
  }}},
  arguments = {one_capture.argument},
  options = options,
  run = function(args)
    check_models(args)
    local result = one_capture.run(args, fields, {score = true, tail_given = args.given.tail_probability or false})
    for field, value in pairs(args.load and result.parameters or {}) do args[field] = value end
    for _, warning in ipairs(warnings(args, result)) do out.note("warning: ", warning, "\n") end
    if args.json then print_json(args, result) elseif not args.quiet then print_text(args, result) end
    return 0
  end,
}
