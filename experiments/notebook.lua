-- SPDX-License-Identifier: GPL-3.0-or-later
-- A notebook from the seed to the finish, on the quickstart's capture: scores, a log-normal fit, outliers, the packets behind
-- them and why, incidents. It writes notebook.md with the commands, what they print, and the pictures; docs/notebook.md is
-- made by `ninetails run notebook --set folder=docs`.
local nt = require "ninetails"
local command = require "ninetails.command"
local files = require "ninetails.files"

local opt = nt.options {
  packets = {default = 50000, min = 20000, max = 100000000, help = "packets of the synthetic capture"},
  scenario = {default = "fuzzing", help = "what happens in it (`ninetails dataset synth --help` lists them)"},
  folder = {default = "results", help = "where notebook.md goes; its pictures go to notebook/ in it"},
}

-- The commands of the notebook: a heading, words, and the words of a command, or {plot = kind, of = what, name of the picture}.
local function steps(result, capture)
  local inspect = {"inspect", result, "--capture", capture}
  local function more(...) return table.move({...}, 1, select("#", ...), #inspect + 1, table.move(inspect, 1, #inspect, 1, {})) end
  return {
    {"Scores", "KitNET learns the feature map from the first packets, trains on the next, and scores the rest.",
      {"results", "ls", result}, {plot = "rmse", of = result, name = "scores"}},
    {"A log-normal fit", "The scores of benign packets, and the distribution that is fitted to their logarithms.",
      {plot = "histogram", of = result, name = "fit"}, {plot = "probability", of = result, name = "probability"}},
    {"Outliers", "The packets that score what training exceeds with a probability of 0.001.", more("--limit", "5"),
      {csv = more("--csv")}, {plot = "outlier-scores", of = "out.csv", name = "outlier_scores"},
      {plot = "outlier-times", of = "out.csv", name = "outlier_times"},
      {plot = "outlier-sources", of = "out.csv", name = "outlier_sources"},
      {plot = "outlier-destinations", of = "out.csv", name = "outlier_destinations"}},
    {"One packet", "Headers, the features that its score is made of, its bytes.", more("--top", "1", "--details")},
    {"Incidents", "The same packets, gathered by host, cause and gap.", more("--incidents", "--limit", "5")},
    {"How faithful the reasons are", "The named features go back to their median, and the packets are scored again.",
      more("--fidelity", "--features", "10")},
  }
end

local function walk(done)
  local capture = done.captures[("%s_%d_1"):format(opt.scenario, opt.packets)]
  local program, folder, body = files.real("/proc/self/exe"), opt.folder, {}
  local pictures = folder .. "/notebook"
  files.make_folders(pictures)
  local function add(...) body[#body + 1] = table.concat({...}) end
  -- As one would type it; paths are those of the reader.
  local function shown(list)
    local line = "ninetails " .. table.concat(list, " ")
    for path, name in pairs {[capture] = "capture.pcap", [done.result] = "notebook.h5", [pictures .. "/"] = ""} do
      local at, last = line:find(path, 1, true)
      while at do
        line = line:sub(1, at - 1) .. name .. line:sub(last + 1)
        at, last = line:find(path, at + #name, true)
      end
    end
    return line
  end
  local function call(list, output)
    local ran = command.run {words = {program, table.unpack(list)}}
    if ran.code ~= 0 then error({status = "input", message = shown(list) .. ": failed: " .. ran.errors}, 0) end
    if output then files.write(output, ran.out) end
    return ran.out
  end
  local function draw(step)
    local of = step.of == "out.csv" and pictures .. "/out.csv" or step.of
    local list = {"plot", step.plot, of, "-o", ("%s/%s.svg"):format(pictures, step.name)}
    call(table.move({"--force", "--quiet"}, 1, 2, #list + 1, table.move(list, 1, #list, 1, {})))
    os.remove(("%s/%s.csv"):format(pictures, step.name)) -- the numbers
    add("    ", shown(list), "\n\n![", step.plot, "](notebook/", step.name, ".svg)\n\n")
  end
  add("<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n<!-- Written by experiments/notebook.lua -->\n")
  add("# From the seed to the incidents\n\n    ninetails run notebook\n\nmakes a capture, `", opt.scenario, "` of ",
    ("%d"):format(opt.packets), " packets, runs KitNET on it, and writes this page: all that follows.\n\n")
  for _, step in ipairs(steps(done.result, capture)) do
    add("## ", step[1], "\n\n", step[2], "\n\n")
    for i = 3, #step do
      if step[i].plot then draw(step[i])
      elseif step[i].csv then
        call(step[i].csv, pictures .. "/out.csv")
        add("    ", shown(step[i].csv), " > out.csv\n\n")
      else
        add("    $ ", shown(step[i]), "\n", (call(step[i]):gsub("%s+$", ""):gsub("[^\n]+", "    %0")), "\n\n")
      end
    end
  end
  os.remove(pictures .. "/out.csv")
  local page = assert(io.open(folder .. "/notebook.md", "wb"))
  assert(page:write((table.concat(body):gsub("\n+$", "\n"))))
  assert(page:close())
  print(("%s/notebook.md"):format(folder))
end

return nt.experiment {
  name = "notebook",
  title = "A notebook: scores, fit, outliers, packets, incidents",
  datasets = {nt.synthetic {scenario = opt.scenario, packets = opt.packets, seed = 1}},
  grace = {fm = 2000, ad = 16000},
  detectors = {nt.kitnet {max_autoencoder = 10}},
  seed = 1,
  finish = walk,
}
