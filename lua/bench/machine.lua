-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which machine, and which build: what figures can be compared with each other.
local files = require "ninetails.files"
local kernels = require "ninetails.bench.kernels"
local system = require "ninetails.system"

local machine = {}

-- -> 12 digits and the text that they are of.
local function named(words)
  local line = table.concat(words, "; ")
  return kernels.digest(line):sub(1, 12), line
end

-- {machine =, machine_text =, configuration =, configuration_text =, commit =, dirty =, isa =}
function machine.identity()
  local v = system.version()
  local id, words = named {v.cpu, v.processors .. " processors", v.features}
  local configuration, flags = named {v.compiler, v.flags, v.isa}
  return {machine = id, machine_text = ("%s, %d processors"):format(v.cpu, v.processors), machine_full = words,
    configuration = configuration, configuration_text = ("%s, %s, kernels %s"):format(v.compiler, v.flags, v.isa), flags = flags,
    commit = v.commit, dirty = v.dirty, isa = v.isa}
end

local function first_line(path)
  local file = io.open(path)
  local line = file and file:read("l")
  if file then file:close() end
  return line
end

-- What disturbs times, as warnings: {text, ...}.
function machine.disturbed()
  local list = {}
  local load, running = (first_line("/proc/loadavg") or ""):match("^(%S+) %S+ %S+ (%d+)/")
  local processors = system.version().processors
  if load and tonumber(load) > processors * 0.5 then
    list[#list + 1] = ("others are at work: load %s, %s tasks run on %d processors"):format(load, running, processors)
  end
  local governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
  if governor and governor ~= "performance" then
    list[#list + 1] = ("the processor's frequency follows the load: governor %s"):format(governor)
  end
  return list
end

function machine.load() return tonumber((first_line("/proc/loadavg") or ""):match("^(%S+)")) end

function machine.self() return files.real("/proc/self/exe") end

return machine
