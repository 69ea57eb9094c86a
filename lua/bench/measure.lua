-- SPDX-License-Identifier: GPL-3.0-or-later
-- Measures problems in processes of their own, by `ninetails bench measure`: a process is one draw of where memory and code
-- lie, and what one problem leaves behind does not disturb the next.
--
-- Rounds are interleaved: each round measures every problem once, in an order that is drawn anew, so that a machine that
-- grows slow grows slow for all. In each process the calibration runs before each pass; a round's figures are the least of
-- its passes, of both, and what the history judges is their ratio.
local command = require "ninetails.command"
local files = require "ninetails.files"
local history = require "ninetails.bench.history"
local inputs = require "ninetails.bench.inputs"
local json = require "ninetails.json"
local kernels = require "ninetails.bench.kernels"
local machine = require "ninetails.bench.machine"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local measure = {}

local function refuse(status, ...) error({status = status, message = string.format(...)}, 0) end

-- ------------------------------------------------------------------ one process

local function words_of(program, entry, options)
  local words = {program, "bench", "measure", entry.text, "--json", "--passes", ("%d"):format(options.passes or 5), "--seconds",
    ("%g"):format(options.seconds or 1), "--folder", options.folder}
  if entry.input then
    local input = inputs.get(entry.input, options.folder)
    for _, word in ipairs {"--capture", input.capture, "--labels", input.labels} do words[#words + 1] = word end
  end
  return words
end

-- The result of one process of `program`, or nil and why not.
function measure.once(program, entry, options)
  local ran = command.run {words = words_of(program, entry, options)}
  if ran.code ~= 0 then
    local first = ran.errors:match("[^\n]+") or text.last_line(ran.errors)
    return nil, ran.signal and ("ended by signal %d"):format(ran.signal) or first
  end
  local good, result = pcall(json.decode, ran.out)
  if not good then return nil, "printed no JSON: " .. text.last_line(ran.out) end
  return result
end

-- Instructions of one pass by callgrind, which knows no AVX-512: kernels avx2; nil and why not.
function measure.instructions(program, entry, options)
  local out = os.tmpname()
  local words = {"valgrind", "--tool=callgrind", "--callgrind-out-file=" .. out, "--collect-atstart=no",
    "--toggle-collect=" .. kernels.timed_function}
  for _, word in ipairs(words_of(program, entry, {passes = 1, seconds = 0, folder = options.folder})) do
    words[#words + 1] = word
  end
  words[#words + 1] = "--once"
  local isa = system.version().isa == "plain" and "plain" or "avx2"
  local good, ran = pcall(command.run, {words = words, environment = {"NINETAILS_ISA=" .. isa}})
  local body = files.stat(out) and files.read(out, 1 << 30) or ""
  os.remove(out)
  if not good then
    if type(ran) == "table" and ran.status == "interrupted" then error(ran, 0) end
    return nil, "valgrind is not installed"
  end
  if ran.code ~= 0 then return nil, text.last_line(ran.errors) end
  local count = body:match("\nsummary: (%d+)") or body:match("\ntotals: (%d+)")
  if not count then return nil, "callgrind counted nothing" end
  return tonumber(count), "callgrind, " .. isa
end

-- ------------------------------------------------------------------ a round

-- The least of the passes, of each: {cpu, calibration, wall}.
local function least(passes)
  local best = {math.huge, math.huge, math.huge}
  for _, pass in ipairs(passes) do
    for i, name in ipairs {"cpu", "calibration", "wall"} do best[i] = math.min(best[i], pass[name]) end
  end
  return best
end

-- A generator of whole numbers below n, of its seed alone (xorshift64*).
function measure.generator(seed)
  local state = seed * 2685821657736338717 + 88172645463325252
  if state == 0 then state = 1 end
  return function(n)
    state = state ~ (state >> 12)
    state = state ~ (state << 25)
    state = state ~ (state >> 27)
    return (state * 2685821657736338717 >> 11) % n
  end
end

function measure.shuffled(list, draw)
  local order = table.move(list, 1, #list, 1, {})
  for i = #order, 2, -1 do
    local j = draw(i) + 1
    order[i], order[j] = order[j], order[i]
  end
  return order
end

-- ------------------------------------------------------------------ rounds

-- One record of the history for each job, {entry =, program =, name = of the program or nil, identity =}.
local function record_of(job, run, options)
  local e, id = job.entry, job.identity
  local input = e.input and inputs.get(e.input, options.folder)
  return {version = 1, kind = "time", run = run, time = os.date("!%Y-%m-%dT%H:%M:%SZ"), machine = id.machine,
    machine_text = id.machine_text, configuration = id.configuration, configuration_text = id.configuration_text,
    commit = id.commit, dirty = id.dirty, problem = e.key, text = e.text, peer = job.peer, input = input and input.sha256,
    clock = job.clock or (e.parsed.threads > 1 and "wall" or "cpu"), rounds = {}, load = machine.load()}
end

local function add(record, result)
  record.rounds[#record.rounds + 1] = least(result.passes)
  for _, name in ipairs {"item", "items", "flops", "moved", "file", "exact", "how", "deviation"} do
    record[name] = result[name]
  end
  if record.digest and record.digest ~= result.digest then
    return ("results differ from round to round: %s, %s"):format(record.digest, result.digest)
  end
  record.digest = result.digest
  if result.instructions then record.instructions, record.instructions_by = result.instructions, "perf" end
end

-- Jobs of one problem stay together, in an order of their own: what is compared is measured side by side.
local function in_order(jobs, draw)
  local groups, of, order = {}, {}, {}
  for _, job in ipairs(jobs) do
    if not of[job.entry.key] then
      of[job.entry.key] = {}
      groups[#groups + 1] = of[job.entry.key]
    end
    table.insert(of[job.entry.key], job)
  end
  for _, group in ipairs(measure.shuffled(groups, draw)) do
    for _, job in ipairs(measure.shuffled(group, draw)) do order[#order + 1] = job end
  end
  return order
end

-- jobs: {{entry =, program =, identity =, measure = function or nil}}; options: {rounds =, passes =, seconds =, seed =,
-- folder =, instructions =, budget = s or nil, progress = function(done, all, words) or nil, started = clock}.
-- -> records by job, failures {{job =, why =}}, whether the budget ended it.
function measure.rounds(jobs, run, options)
  local draw, started = measure.generator(options.seed or 1), options.started or system.clock()
  local records, failures, failed, done = {}, {}, {}, 0
  local all = #jobs * options.rounds
  for i, job in ipairs(jobs) do
    job.number = i
    records[i] = record_of(job, run, options)
  end
  local function late() return options.budget and system.clock() - started > options.budget end
  local cut = false
  for round = 1, options.rounds do
    if cut then break end
    for _, job in ipairs(in_order(jobs, draw)) do
      if late() then
        cut = true
        break
      end
      if not failed[job.number] then
        if options.progress then options.progress(done, all, job.entry.key) end
        local result, why = (job.measure or measure.once)(job.program, job.entry, options)
        local problem = result and add(records[job.number], result) or why
        if problem then
          failed[job.number] = true
          failures[#failures + 1] = {job = job, why = problem, round = round}
        end
      end
      done = done + 1
    end
  end
  for i, job in ipairs(jobs) do
    if options.instructions and not failed[i] and #records[i].rounds > 0 and not records[i].instructions and not job.measure
      and not late() then
      if options.progress then options.progress(done, all, job.entry.key .. ", instructions") end
      local count, by = measure.instructions(job.program, job.entry, options)
      records[i].instructions, records[i].instructions_by = count, by
      if not count then records[i].instructions_by, records[i].instructions_absence = nil, by end
    end
    if failed[i] then records[i].failed = true end
  end
  return records, failures, cut
end

-- An id of a run: when, and of what.
function measure.run_id(identity)
  local now = os.date("!%Y%m%dT%H%M%SZ")
  return ("%s-%s"):format(now, kernels.digest(("%s %s %.9f"):format(now, identity.commit, system.clock())):sub(1, 6))
end

-- Appends what was measured at least once.
function measure.keep(path, records)
  local kept = 0
  for _, record in ipairs(records) do
    if #record.rounds > 0 and not record.failed then
      history.append(path, record)
      kept = kept + 1
    end
  end
  return kept
end

measure.refuse = refuse

return measure
