-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails dataset: what data sets there are, what is known of them, whether the files here are theirs.
local card = require "ninetails.dataset.card"
local download = require "ninetails.dataset.download"
local draft = require "ninetails.dataset.draft"
local files = require "ninetails.files"
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local outputs = require "ninetails.cli.outputs"
local progress = require "ninetails.cli.progress"
local registry = require "ninetails.dataset.registry"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"
local verify = require "ninetails.dataset.verify"

local function print_json(value) out.data(json.encode(value, true), "\n") end
local function warn(...) out.note(string.format(...), "\n") end

local name_argument = {name = "NAME",
  help = "a data set of `ninetails dataset list`, or a file that ends in .lua and holds a card"}
local json_option = {name = "json", type = "flag", help = "print JSON"}
local from_option = {name = "from", type = "string", value = "FOLDER",
  help = "look for the data set's files here first; else in the folder that $NINETAILS_FROM names"}

-- ------------------------------------------------------------------ list

local function shown(fact)
  local value, status = card.fact(fact)
  if not value then return "?" end
  return text.count(value) .. (status == "to be checked" and " (to be checked)" or "")
end

-- Where the files of a set stand: "here", "partly", "no", or "made" (synthetic).
local function presence(set)
  if set.card.synthetic then return "made" end
  local here, all = 0, 0
  for _, key in ipairs(download.keys(set, {})) do
    all = all + 1
    here = here + (registry.at_hand(set, key) and 1 or 0)
  end
  return here == all and "here" or here > 0 and "partly" or "no"
end

local function list(args)
  local rows, found = {{"name", "packets", "attacks", "data", "title"}}, json.array {}
  registry.first_place(args.from)
  for _, entry in ipairs(registry.list()) do
    local good, set = pcall(registry.open, entry.name, args.from)
    if not good then
      if type(set) ~= "table" then error(set, 0) end
      warn("warning: %s", set.message)
      found[#found + 1] = json.object {{"name", entry.name}, {"origin", entry.origin}, {"problem", set.message}}
    else
      local c = set.card
      local attacks = (c.labels or {}).attacks
      local data = presence(set)
      rows[#rows + 1] = {c.name, shown(c.packets), shown(attacks), data,
        c.title .. (entry.origin ~= "built in" and " (yours)" or "")}
      found[#found + 1] = json.object {{"name", c.name}, {"title", c.title}, {"origin", entry.origin},
        {"packets", (card.fact(c.packets))}, {"attacks", (card.fact(attacks))}, {"data", data}}
    end
  end
  if args.json then print_json(found) else out.text(text.table(rows)) end
  return 0
end

-- ------------------------------------------------------------------ info

local meanings = {
  behaviour = "an attack packet belongs to the attacker's doing",
  path = "an attack packet passed through the attacker, whatever it carries",
  interval = "an attack packet was sent during an attack, whoever sent it",
  flow = "an attack packet belongs to a flow that its authors call an attack",
  none = "there is no attack in it",
}

local function fact_text(fact)
  local value, status, source = card.fact(fact)
  if value == nil then return nil end
  local words = math.type(value) == "integer" and text.count(value) or tostring(value)
  if status == "asserted" then return words end
  return ("%s (%s%s)"):format(words, status, source and ": " .. source or "")
end

local function paragraph(title, body)
  if not body then return end
  local lines = text.wrap(body, text.within(88) - 2)
  out.text("\n", title, ":\n")
  for _, line in ipairs(lines) do out.text("  ", line, "\n") end
end

local function labels_text(definition)
  local parts = {("%s. %s"):format(meanings[definition.meaning]:gsub("^%l", string.upper), definition.explain)}
  local clean = card.fact(definition.clean)
  if clean and clean > 0 then
    parts[#parts + 1] = ("Clean to train on: packets 1 to %s."):format(fact_text(definition.clean))
  elseif clean == 0 then
    parts[#parts + 1] = "No clean packets to train on before the first attack."
  end
  local facts = {}
  for _, pair in ipairs {{"attacks", "attack packets"}, {"excluded", "excluded from metrics"},
    {"first_attack", "first attack packet"}} do
    local words = fact_text(definition[pair[1]])
    if words then facts[#facts + 1] = pair[2] .. " " .. words end
  end
  if #facts > 0 then parts[#parts + 1] = (table.concat(facts, "; "):gsub("^%l", string.upper)) .. "." end
  return table.concat(parts, " ")
end

local function file_text(set, key, file)
  local path = registry.find(set, key)
  local made = file.packed and ("member %s of %s"):format(file.packed.member, file.packed.file)
    or file.joined and "joined from its parts"
  local where = path or made or file.optional and "not here, optional" or "not here"
  return ("%-16s %s%s\n                   %s\n"):format(key, file.path,
    file.bytes and (", %s bytes"):format(text.count((card.fact(file.bytes)))) or "", where)
end

local function print_info(set)
  local c = set.card
  out.text(c.name, ": ", c.title, "\n\n")
  out.text(text.rows {
    {"packets", fact_text(c.packets)},
    {"duration", c.seconds and ("%.1f s"):format(c.seconds)},
    {"licence", fact_text(c.licence)},
    {"DOI", c.doi},
    {"homepage", c.homepage and table.concat(c.homepage, "\n          ")},
    {"features", c.features and c.profile and ("rows of profile %s"):format(c.profile)},
    {"card", set.origin},
  })
  paragraph("What it is", c.description)
  if c.synthetic then
    paragraph("Made by", ("scenario %s, %s packets, seed %d: ninetails dataset synth %s --packets %d --seed %d"):format(
      c.synthetic.scenario, text.count(c.synthetic.packets), c.synthetic.seed, c.synthetic.scenario,
      c.synthetic.packets, c.synthetic.seed))
  end
  if c.labels then paragraph("Labels", labels_text(c.labels)) end
  for _, name in ipairs(text.sorted_keys(c.other_labels)) do
    paragraph("Labels '" .. name .. "'", labels_text(c.other_labels[name]))
  end
  if c.grace then
    paragraph("Grace periods", ("%s packets for the feature map, then %s for the autoencoders. %s"):format(
      text.count(c.grace.fm), text.count(c.grace.ad), c.grace.why))
  end
  if c.files then
    out.text("\nFiles:\n")
    for _, key in ipairs(text.sorted_keys(c.files)) do out.text("  ", file_text(set, key, c.files[key])) end
  end
  for i, defect in ipairs(c.defects or {}) do
    if i == 1 then out.text("\nKnown defects:\n") end
    local lines = text.wrap(defect, text.within(88) - 4)
    out.text("  - ", table.concat(lines, "\n    "), "\n")
  end
  paragraph("Cite", c.citation)
end

-- Facts with a status become objects: {"value": 65700, "status": "to be checked", "source": ...}.
local function plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in pairs(value) do copy[key == 1 and value.status and "value" or key] = plain(inner) end
  return copy
end

local function info(args)
  local set = registry.open(args.name, args.from)
  if not args.json then
    print_info(set)
    return 0
  end
  local found = {}
  for key in pairs(set.card.files or {}) do found[key] = registry.find(set, key) or json.null end
  print_json(json.object {{"card", plain(set.card)}, {"origin", set.origin}, {"found", json.object(found)}})
  return 0
end

-- ------------------------------------------------------------------ fetch

-- A file of certificates to trust instead of the system's, named as curl's users name it.
local function authorities()
  for _, name in ipairs {"CURL_CA_BUNDLE", "SSL_CERT_FILE"} do
    local path = os.getenv(name)
    if path and path ~= "" then return path end
  end
end

local function fetch(args)
  local set = registry.open(args.name, args.from)
  if set.card.synthetic then
    error({status = "argument",
      message = ("data set %s is synthetic: ninetails dataset synth %s makes it"):format(set.name,
        set.card.synthetic.scenario)}, 0)
  end
  local bar = progress.new {quiet = args.quiet, what = "bytes"}
  local found_files = json.array {}
  local options = {retries = args.retries, wait = args.wait, patience = args.timeout, again = args.again,
    authorities = authorities(), clock = system.clock,
    say = function(words)
      bar:clear()
      if not args.quiet then warn("%s", words) end
    end,
    progress = function(path, done, total, seconds)
      bar:update(done, seconds, total and ("%.1f %% of %s"):format(100 * done / total, path) or path)
    end}
  local function told(key, found)
    bar:clear()
    found_files[#found_files + 1] = json.object {{"file", key}, {"path", found.path}, {"bytes", found.bytes},
      {"algorithm", found.algorithm},
      {"checksum", found.checksum}, {"verified", found.verified}, {"kept", found.kept or false}, {"url", found.url}}
    if not args.json then
      out.text(("%-12s %s\n             %s %s, %s\n"):format(key, found.path, found.algorithm, found.checksum,
        found.verdict))
    end
  end
  local good, problem = pcall(download.all, set, args.file, options, told, function(why)
    bar:clear()
    warn("warning: data set %s: %s", set.name, why)
  end)
  bar:clear()
  if not good then error(problem, 0) end
  if args.json then print_json(found_files) end
  return 0
end

-- ------------------------------------------------------------------ verify

local function check_line(check)
  local words = check.found or ""
  if check.expected and (check.state == "failed" or check.state == "to be checked") then
    words = ("%s, expected %s"):format(check.found or "none", check.expected)
  elseif check.state == "absent" or check.state == "missing" then
    words = check.expected
  end
  out.text(("%-13s %s: %s%s\n"):format(check.state, check.what, words, check.note and " (" .. check.note .. ")" or ""))
end

local exit_codes = {ok = 0, failed = 2, missing = 4}

local function verify_set(args)
  local set = registry.open(args.name, args.from)
  local checks = verify.run(set, {on_check = not args.json and check_line or nil})
  local verdict, counts = verify.verdict(checks)
  if args.json then
    local list = json.array {}
    for i, check in ipairs(checks) do
      list[i] = json.object {{"what", check.what}, {"state", check.state}, {"expected", check.expected},
        {"found", check.found},
        {"note", check.note}}
    end
    print_json(json.object {{"name", set.name}, {"verdict", verdict}, {"checks", list}})
  else
    local parts = {}
    for _, state in ipairs {"ok", "failed", "missing", "to be checked", "unasserted", "absent"} do
      if counts[state] then parts[#parts + 1] = ("%d %s"):format(counts[state], state) end
    end
    out.text(("%s: %s (%s)\n"):format(set.name, verdict, table.concat(parts, ", ")))
  end
  return exit_codes[verdict]
end

-- ------------------------------------------------------------------ labels, synth, new

local function print_labels(args)
  if args.output then outputs.check(args.output, "labels", args.force) end
  local set = registry.load(args.name, {labels = args.labels, from = args.from})
  for _, warning in ipairs(set.warnings) do warn("warning: %s", warning) end
  if not set.labels then
    error({status = "input", message = ("data set %s: its card gives no labels"):format(set.name)}, 0)
  end
  if args.output then files.copy(set.labels, args.output) end
  local rows = {{"capture", set.capture}, {"labels", args.output or set.labels}, {"packets", set.packets},
    {"attacks", set.attacks},
    {"benign", set.benign}, {"excluded", set.excluded}, {"first_attack", set.first_attack}, {"clean", set.clean}}
  if args.json then
    local named = {}
    for i, pair in ipairs(set.named or {}) do named[i] = pair end
    if set.named then rows[#rows + 1] = {"named", json.object(named)} end
    print_json(json.object(rows))
    return 0
  end
  for _, row in ipairs(rows) do row[2] = math.type(row[2]) == "integer" and text.count(row[2]) or row[2] end
  for i, pair in ipairs(set.named or {}) do
    rows[#rows + 1] = {i == 1 and "of them" or "", ("%s %s"):format(text.count(pair[2]), pair[1])}
  end
  out.text(text.rows(rows))
  return 0
end

local function synth(args)
  local wanted = {scenario = args.scenario, packets = args.packets, seed = args.seed, over = args.over}
  local capture, label_file = args.output, args.output and args.output .. ".labels.csv"
  if not capture and (args.over or args.scenario:find("%.lua$")) then
    error({status = "argument", message = ("%s: --output is missing, where does the capture go?"):format(
      args.over and "--over" or args.scenario)}, 0)
  end
  if not capture then capture, label_file = registry.synthetic_paths(wanted)
  else
    outputs.check(capture, "capture", args.force)
    outputs.check(label_file, "labels", args.force)
  end
  local bar = progress.new {quiet = args.quiet}
  local started = system.clock()
  local good, made = pcall(registry.synthesise, wanted, capture, label_file, function(packets)
    bar:update(packets, system.clock() - started)
  end)
  bar:clear()
  if not good then error(made, 0) end
  -- As it was counted: another process may be replacing the files by the same ones.
  local summary = {count = made.packets, attacks = made.attack_packets,
    first_attack = made.first_attack > 0 and made.first_attack or nil}
  local sha256 = files.checksum(capture, "sha256")
  if args.json then
    print_json(json.object {{"scenario", args.scenario}, {"packets", summary.count}, {"attacks", summary.attacks},
      {"first_attack", summary.first_attack}, {"seed", args.seed}, {"capture", capture}, {"labels", label_file},
        {"sha256", sha256}})
  elseif not args.quiet then
    out.text(text.rows {{"capture", capture}, {"labels", label_file}, {"packets", text.count(summary.count)},
      {"attacks", text.count(summary.attacks)},
      {"first attack", summary.first_attack and "packet " .. text.count(summary.first_attack) or "none"},
        {"sha256", sha256}})
  end
  return 0
end

local function new(args)
  local made = draft.of(args.capture, args.name or args.output and args.output:match("([^/]+)%.lua$"))
  local path = args.output or made.name .. ".lua"
  if files.stat(path) and not args.force then
    error({status = "argument",
      message = ("%s is there already: --force overwrites it, --output names another file"):format(path)}, 0)
  end
  files.write(path, made.text)
  if args.json then
    print_json(json.object {{"card", path}, {"name", made.name}, {"packets", made.survey.packets},
      {"sha256", made.sha256}})
  elseif not args.quiet then
    out.text(text.rows {{"card", path}, {"packets", text.count(made.survey.packets)},
      {"next", "say what the labels are in it, then: ninetails dataset verify " .. path}})
  end
  return 0
end

-- ------------------------------------------------------------------ the command

local quiet_option = {name = "quiet", type = "flag", help = "print no progress"}

return {
  name = "dataset",
  summary = "Data sets: what there are, what their labels mean, fetching and verifying them.",
  subcommands = {
    {pages = true, name = "list", summary = "List the data sets that have a card.", options = {from_option, json_option}, run = list,
      details = "Cards of your own go to $XDG_CONFIG_HOME/ninetails/cards (usually "
        .. "~/.config/ninetails/cards), one file each."},
    {pages = true, name = "info", summary = "Tell what is known of a data set: labels, clean packets, defects, licence.",
      arguments = {name_argument}, options = {from_option, json_option}, run = info},
    {name = "fetch", summary = "Bring a data set's files into the cache, checked.",
      arguments = {name_argument, {name = "FILE", many = true, optional = true,
        help = "names of files in the card; without one, all that are not optional"}},
      options = {
        {name = "from", type = "string", value = "FOLDER|URL", help = "take the files from this folder or mirror, else from that of $NINETAILS_FROM"},
        {name = "again", type = "flag", help = "fetch also what is here already"},
        {name = "retries", type = "integer", min = 0, max = 100, default = 5,
          help = "attempts in a row that may bring nothing"},
        {name = "wait", type = "number", min = 0, max = 3600, default = 2, unit = "s",
          help = "before the next attempt; doubles each time"},
        {name = "timeout", type = "integer", min = 1, max = 3600, default = 60, unit = "s",
          help = "for a connection, and for a silent one"},
        json_option, quiet_option},
      details = "Data goes to $NINETAILS_DATA, or else to $XDG_CACHE_HOME/ninetails (usually ~/.cache/ninetails). "
        .. "What was cut off is continued by the same command.",
      run = fetch},
    {name = "verify", summary = "Check the files, counts, labels and onset that a card asserts.",
      arguments = {name_argument}, options = {from_option, json_option}, run = verify_set,
      details = "Exit code 0: all as asserted; 2: something is not; 4: files are missing."},
    {name = "labels", summary = "Write the label of each packet to a file: 0, 1, or x where metrics leave it out.",
      arguments = {name_argument},
      options = {
        {name = "labels", type = "string", value = "NAME", default = "default",
          help = "which labels, when the card has several"},
        {name = "output", short = "o", type = "path", help = "where to, instead of the cache"},
        outputs.option,
        from_option, json_option},
      run = print_labels},
    {name = "synth", summary = "Make a labelled capture from a scenario.",
      arguments = {{name = "SCENARIO", help = "a file that ends in .lua and returns a scenario, or one of " ..
        table.concat(registry.scenarios(), ", ")}},
      options = {
        {name = "packets", type = "integer", min = 1, default = 200000, help = "how many packets"},
        {name = "seed", type = "integer", min = 0, default = 1, help = "the same seed gives the same bytes"},
        {name = "over", type = "path", value = "CAPTURE",
          help = "lay the scenario's attacks over this capture instead"},
        {name = "output", short = "o", type = "path", value = "FILE.pcap",
          help = "where to, instead of the cache; the labels go to FILE.pcap.labels.csv"},
        outputs.option,
        json_option, quiet_option},
      details = "Synthetic traffic serves tests, benchmarks and teaching; it supports no claim about detection "
        .. "(datasets/SCENARIOS.md).",
      run = synth},
    {name = "new", summary = "Write a first draft of a card for a capture of your own.",
      arguments = {{name = "CAPTURE", help = "a capture of packets, or rows of features"}},
      options = {
        {name = "name", type = "string", help = "of the data set; made from the file's when not given"},
        {name = "output", short = "o", type = "path", value = "FILE.lua",
          help = "where the card goes; its name must be the data set's"},
        {name = "force", type = "flag", help = "overwrite"}, json_option, quiet_option},
      run = new},
  },
}
