-- SPDX-License-Identifier: GPL-3.0-or-later
-- ninetails version: what this binary is, for bug reports and the provenance of results.
local json = require "ninetails.json"
local out = require "ninetails.cli.out"
local system = require "ninetails.system"
local text = require "ninetails.cli.text"

local function print_text(v)
  local libraries = {}
  for i, library in ipairs(v.libraries) do libraries[i] = library.name .. " " .. library.version end
  local rows = {
    {"ninetails", v.version},
    {"commit", v.commit .. (v.dirty and " (with changes that are in no commit)" or "")},
    {"compiler", v.compiler},
    {"flags", v.flags},
    {"processor", ("%s, %d online"):format(v.cpu, v.processors)},
    {"for us", ("%s (%s), %s of memory (%s)"):format(text.plural(v.jobs, "thread"), v.jobs_by,
      text.scaled(v.memory, "B"), v.memory_by)},
    {"features", v.features},
    {"kernels", v.isa},
  }
  for i, library in ipairs(libraries) do rows[#rows + 1] = {i == 1 and "libraries" or "", library} end
  out.text(text.rows(rows))
end

local function print_json(v)
  local libraries = {}
  for i, library in ipairs(v.libraries) do libraries[i] = {library.name, library.version} end
  out.data(json.encode(json.object {
    {"version", v.version}, {"commit", v.commit}, {"dirty", v.dirty}, {"compiler", v.compiler}, {"flags", v.flags},
    {"cpu", v.cpu}, {"cpu_features", v.features}, {"processors", v.processors}, {"isa", v.isa},
    {"threads", v.jobs}, {"threads_by", v.jobs_by}, {"memory", v.memory}, {"memory_by", v.memory_by},
    {"libraries", json.object(libraries)},
  }, true), "\n")
end

return {
  name = "version",
  pages = true,
  summary = "Tell the version, the commit, the compiler, the processor and the libraries.",
  options = {{name = "json", type = "flag", help = "print it as JSON"}},
  run = function(args)
    local version = system.version()
    if args.json then print_json(version) else print_text(version) end
    return 0
  end,
}
