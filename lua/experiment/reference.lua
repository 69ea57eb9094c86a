-- SPDX-License-Identifier: GPL-3.0-or-later
-- What scripts can call, in words: {name, how it is called, what it gives}, and the fields of an experiment: {name, what}.
-- tests/lua/reference.lua holds the lists to the functions that there are; `ninetails manual --format lua` prints them, with
-- all detectors and the settings of metrics.
local reference = {}

reference.functions = {
  {"experiment", "nt.experiment {name =, datasets =, detectors =, grace =, ...}",
    "what a script returns: data sets, detectors, and how often; docs/experiments.md lists the fields"},
  {"options", "nt.options {NAME = default, NAME = {default =, min =, max =, choices =, help =}, ...}",
    "the values of options that `ninetails run SCRIPT --set NAME=VALUE` may change, by name"},
  {"dataset", "nt.dataset {capture =, labels =, name =, grace =} or {card =, labels =, input =, name =, grace =}",
    "a data set from files of yours, or a registered one taken otherwise"},
  {"synthetic", "nt.synthetic {scenario =, packets =, seed =, name =, grace =}",
    "a capture that the synthesiser makes when it is first needed"},
  {"available", "nt.available {attacks =, capture =, synthetic =, least =, most =, names =, except =}",
    "all registered data sets whose files are here and that pass these filters"},
  {"detector", "nt.detector {name =, parameters =, fit = or learn =, ready =, score = or score_rows =, new =, remark =, ...}",
    "a detector written in Lua, which may be called with parameters as those in C are"},
  {"detectors", "nt.detectors()",
    "the detectors in C, in the order of tables: a list of {name =, title =, source =, cost =, flags =, parameters =}"},
  {"metric", "nt.metric {name =, run = function(scores, labels, times), unit =, title =, better =}",
    "a metric written in Lua; it stands in `metrics` of the experiment"},
  {"range", "nt.range(first, last[, step])", "the numbers from first to last, both included: an ordinary list"},
  {"uniform", "nt.uniform(low, high[, count])",
    "count values, evenly spread, both ends included; without count, in nt.random: draws between the two"},
  {"log_uniform", "nt.log_uniform(low, high[, count])", "the same, evenly spread on a logarithmic scale"},
  {"choice", "nt.choice(value, ...)", "in nt.random: one of the values, each as likely"},
  {"grid", "nt.grid {NAME = values, ...}", "a group of parameters: each value with each"},
  {"zip", "nt.zip {NAME = values, ...}", "a group of parameters: first values together, second values together, ..."},
  {"random", "nt.random(count, {NAME = values, ...})", "a group of parameters: count draws, the same for the same seed"},
  {"load", "nt.load(script[, options])", "in `ninetails repl`: the experiment of a script (a path, or a name that comes with it)"},
  {"plan", "nt.plan(experiment[, {only =, from =}])", "in `ninetails repl`: what would run"},
  {"run", "nt.run(experiment[, {only =, from =, output =, jobs =, memory =, fresh =, ...}])",
    "in `ninetails repl`: runs it and returns the table of its runs"},
}

reference.fields = {
  {"name", "of the result file: letters, digits, `_`, `.`, `-`; default: that of the script"},
  {"title", "a line for --help"},
  {"datasets", "a list of names, patterns, and what nt.dataset, nt.synthetic and nt.available return; must be there"},
  {"detectors", "a list of what nt.NAME {...} and nt.detector return; must be there"},
  {"search", "{method =, trials =, ...}: chooses the detector's parameters instead of sweeping over them"},
  {"select", "{datasets =, from =, to =}: the packets that a search chooses by; default: all of `datasets`"},
  {"report", "{datasets =, from =, to =}: the packets that its choice is measured on"},
  {"profile", "of the extractor, or a list of them; default: stream"},
  {"grace", "recommended, {fm =, ad =}, a group of values, or a list of these; default: recommended"},
  {"repeats", "how many seeds: seed, seed + 1, ...; default: 1"},
  {"seed", "the first seed; default: 1234, Kitsune-py's"},
  {"seeds", "a list, instead of these two"},
  {"metrics", "settings, and what nt.metric returns"},
  {"keep_scores", "store each packet's score; default: true"},
  {"run_seconds", "most seconds of a run's detector; default: no limit"},
  {"compression", "of the result file, 0 to 9"},
  {"finish", "function(done): called by `ninetails run` once every run is there; done.result is the result file, "
    .. "done.captures[NAME] the file of each data set"},
}

reference.array_functions = {
  {"new", "array.new(rows[, columns])", "an array of zeroes; with columns a matrix"},
  {"from", "array.from(list)", "a copy of a list of numbers, of a list of such lists, or of an array"},
}

reference.array_methods = {
  {"at", "a:at(i, j)", "the element of a matrix"},
  {"column", "a:column(j)", "a view of a column of a matrix"},
  {"copy", "a:copy()", "an ordinary table of the elements"},
  {"sum", "a:sum()", "the sum of the elements"},
  {"mean", "a:mean()", "their mean"},
  {"min", "a:min()", "the least of them; NaN where one is NaN"},
  {"max", "a:max()", "the largest of them; NaN where one is NaN"},
}

return reference
