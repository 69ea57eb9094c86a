-- SPDX-License-Identifier: GPL-3.0-or-later
-- Cards: mistakes and their messages; cards of users are data, whatever their content; times; event logs; flow tables.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local card = require "ninetails.dataset.card"
local rules = require "ninetails.dataset.rules"
local is, fails = check.is, check.fails

-- ------------------------------------------------------------------ the schema

-- A good card, changed by change(c).
local function made(change)
  local c = {
    name = "toy", title = "A toy",
    files = {
      capture = {path = "toy/toy.pcap", sha256 = ("0"):rep(64), urls = {"https://example.org/toy.pcap"}},
      labels = {path = "toy/labels.csv", md5 = {("a"):rep(32), status = "known", source = "the authors"}},
      log = {path = "toy/log.txt"},
    },
    capture = "capture",
    packets = {10, status = "to be checked", source = "memory"},
    events = {log = {file = "log", line = "^(%d+) (%w+) (%u+)$", start = "START", stop = "END", clock = "epoch",
      utc_offset = "+00:00"}},
    labels = {meaning = "behaviour", explain = "Told.", file = "labels", attacks = 3, first_attack = 2},
    grace = {fm = 1, ad = 2, why = "Few."},
    defects = {"None known."},
  }
  if change then change(c) end
  return c
end
is(card.check(made(), "toy").name, "toy")

local function refused(expected, change) fails("card toy: " .. expected, card.check, made(change), "toy") end

refused("title is missing: expected a text", function(c) c.title = nil end)
refused("title = 5: expected a text", function(c) c.title = 5 end)
refused("tilte = 'x': expected no such key, but one of capture,", function(c) c.tilte = "x" end)
refused("name = 'a/b': expected letters", function(c) c.name = "a/b" end)
refused("files = 'x': expected a table by name", function(c) c.files = "x" end)
refused("other_labels: a name '../../x': expected letters, digits, _ and -",
  function(c) c.other_labels = {["../../x"] = c.labels} end)
refused("files: a name 'a b': expected letters", function(c) c.files["a b"] = c.files.log end)
refused("files.capture.path = '../../etc/passwd': expected a relative path",
  function(c) c.files.capture.path = "../../etc/passwd" end)
refused("files.capture.path = '/etc/passwd': expected a relative path",
  function(c) c.files.capture.path = "/etc/passwd" end)
for _, path in ipairs {"a//b", "a/", "a\nb", "a\27[2J", "./a"} do
  refused("files.capture.path = ", function(c) c.files.capture.path = path end)
end
refused("files.capture.path = 'labels/x.txt': expected another folder: labels and synthetic are the program's own",
  function(c) c.files.capture.path = "labels/x.txt" end)
refused("files.capture.path = 'x.pcap.part': expected a name that does not end in .part or .from",
  function(c) c.files.capture.path = "x.pcap.part" end)
refused("files.labels.path = 'x.from': expected a name that does not", function(c) c.files.labels.path = "x.from" end)
refused("files.capture.path = '" .. ("x"):rep(60) .. "'...: expected names of at most 200 bytes",
  function(c) c.files.capture.path = ("x"):rep(201) .. "/y" end)
refused("name = '" .. ("x"):rep(60) .. "'...: expected at most 100 bytes", function(c) c.name = ("x"):rep(101) end)
refused("files.capture.also[1] = '../x': expected a relative path", function(c) c.files.capture.also = {"../x"} end)
refused("files.capture.at = 'x': expected a path that begins with /", function(c) c.files.capture.at = "x" end)
for _, url in ipairs {"https://x/a b", "https://x/\1", "https://x/\n", "https://x/\195\164", "file:///etc/passwd", "HTTP://x/y"} do
  refused("files.capture.urls[1] = ", function(c) c.files.capture.urls = {url} end)
end
refused("files.capture.urls[1] = 'https://" .. ("x"):rep(52) .. "'...: expected at most 2048 bytes",
  function(c) c.files.capture.urls = {"https://" .. ("x"):rep(2041)} end)
refused("files.capture.packed.member = '../x': expected a relative path",
  function(c) c.files.capture.packed = {file = "log", member = "../x"} end)
refused("events.log.line = '" .. ("x"):rep(60) .. "'...: expected at most 200 bytes",
  function(c) c.events.log.line = ("x"):rep(201) end)
refused("files.capture.path is missing", function(c) c.files.capture.path = nil end)
refused("files.capture.bytes = 'many': expected a whole number", function(c) c.files.capture.bytes = "many" end)
refused("files.capture.bytes = 1.5: expected a whole number", function(c) c.files.capture.bytes = 1.5 end)
refused("files.capture.sha256 = 'abc': expected 64 lower-case", function(c) c.files.capture.sha256 = "abc" end)
refused("files.capture.urls[1] = 'ftp://x/y': expected an address",
  function(c) c.files.capture.urls = {"ftp://x/y"} end)
refused("files.capture.urls = 'https://x': expected a list", function(c) c.files.capture.urls = "https://x" end)
refused("files.capture.urls.a = 'b': expected a list", function(c) c.files.capture.urls.a = "b" end)
refused("files.labels.md5.status = 'sure': expected one of asserted, known, to be checked",
  function(c) c.files.labels.md5.status = "sure" end)
refused("packets = -1: expected at least 0", function(c) c.packets = -1 end)
refused("packets.statsu = 'known': expected", function(c) c.packets = {5, statsu = "known"} end)
refused("packets.status is missing: expected one of", function(c) c.packets = {5} end)
refused("capture = 'pcap': expected the name of an entry of files", function(c) c.capture = "pcap" end)
refused("capture is missing", function(c) c.capture = nil end)
refused("labels.meaning = 'good': expected one of behaviour", function(c) c.labels.meaning = "good" end)
refused("labels.file is missing: expected file, rule or joined", function(c) c.labels.file = nil end)
refused("labels = a table: expected one of file, rule, joined", function(c) c.labels.rule = {packets = {first = 1}} end)
refused("labels.attacks = true: expected a whole number", function(c) c.labels.attacks = true end)
refused("events.log.utc_offset = '10': expected hours and minutes", function(c) c.events.log.utc_offset = "10" end)
refused("events.log.line = '(': expected a Lua pattern", function(c) c.events.log.line = "(" end)
refused("defects[2] = 3: expected a text", function(c) c.defects[2] = 3 end)
refused("grace.why is missing", function(c) c.grace.why = nil end)

local function rule_refused(expected, rule)
  refused("labels.rule" .. expected, function(c) c.labels.file, c.labels.rule = nil, rule end)
end
rule_refused(" = a table: expected a rule: one of all", {})
rule_refused(".adress = '10.0.0.1': expected a rule: one of all", {adress = "10.0.0.1"})
rule_refused(" = 'x': expected a rule", "x")
rule_refused(" = a table: expected one of", {all = {}, any = {}})
rule_refused(".all[2].address = 'host': expected an Ethernet", {all = {{packets = {}}, {address = "host"}}})
rule_refused(".side = 'left': expected one of either", {address = "10.0.0.1", side = "left"})
rule_refused(".during.events = 'lgo': expected the name of an entry of events", {during = {events = "lgo"}})
rule_refused(".during = a table: expected either events", {during = {}})
rule_refused(".during.from = '2016-10-06 17:52': expected seconds", {during = {from = "2016-10-06 17:52"}})
rule_refused(".during.from = '2016-10-06T17:52:16': expected seconds", {during = {from = "2016-10-06T17:52:16"}})
rule_refused(".flow.protocol = 'http': expected one of any, icmp", {flow = {protocol = "http"}})
rule_refused(".flow.b_port = 70000: expected 0 to 65535", {flow = {b_port = 70000}})
rule_refused(".flows.columns.a is missing", {flows = {file = "log", columns = {b = "x"}}})
rule_refused(".extra = 1: expected no such key", {address = "10.0.0.1", extra = 1})
local deep = {packets = {}}
for _ = 1, 20 do deep = {all = {deep}} end
refused("labels.rule.all[1]", function(c) c.labels.file, c.labels.rule = nil, deep end)

-- ------------------------------------------------------------------ a card's text is data

local folder = os.tmpname()
os.remove(folder)
require("ninetails.files").make_folders(folder)
local function reading(text)
  local path = folder .. "/toy.lua"
  local output = io.open(path, "wb")
  output:write(text)
  output:close()
  return card.read(path)
end
is(reading("return {name = 'toy', title = 'A toy', capture = 'c', files = {c = {path = 'x'}}}").title, "A toy")
is(reading("local n = 'to' .. 'y' return {name = n, title = n, capture = 'c', files = {c = {path = 'x'}}}").title,
  "toy")
fails("card toy: name = 'other': expected 'toy', the name of its file",
  reading, "return {name = 'other', title = 't', capture = 'c', files = {c = {path = 'x'}}}")
fails("card toy:", reading, "return {")
fails("toy.lua is empty", reading, "")
fails("card toy: the card = nil: expected a table", reading, "local c = {}")
fails("attempt to index a nil value (global 'os')", reading, "os.remove('x') return {}")
fails("attempt to call a nil value (global 'require')", reading, "return require 'x'")
fails("attempt to index a string value", reading, "return {title = ('x'):rep(100)}")
fails("it runs on and on", reading, "while true do end")
fails("card toy:", reading, "\27Lua")
fails("title = function", reading,
  "return {name = 'toy', title = function() end, capture = 'c', files = {c = {path = 'x'}}}")
fails("is longer than", reading, "--" .. ("x"):rep(1 << 18))
is(("after"):upper(), "AFTER") -- strings keep their methods elsewhere

-- Bounds on the text's length, memory in use, total allocation, instructions, and the result's size.
fails("card toy: a text in it is longer than 16 KiB: a card is a table, not a program", reading,
  "local s = 'x' for i = 1, 40 do s = s .. s end return {name = s}")
fails("card toy: it takes more than 8 MiB of memory: a card is a table, not a program", reading,
  "local s = 'x' for i = 1, 13 do s = s .. s end local t = {} for i = 1, 2000 do t[i] = s .. i end return t")
fails("card toy: a table in it takes more than 512 KiB: a card is a table, not a program", reading,
  "local t = {} for i = 1, 1e9 do t[i] = i end return t")
fails("card toy: it takes more than 8 MiB", reading,
  "local s = 'x' for i = 1, 12 do s = s .. s end while true do local b = s .. 'y' .. s end")
fails("card toy: its tables are nested more than 32 deep, or contain themselves", reading,
  "local t = {} t.t = t return t")
fails("card toy: it has more than 50000 values", reading,
  "local t = {} for i = 1, 30 do t = {t, t} end return t")
fails("card toy: files.a[2] = function: a card holds", reading,
  "return {files = {a = {[2] = function() end}}}")
fails("attempt to call a nil value (global 'setmetatable')", reading, "return setmetatable({}, {})")
fails("/dev/null is no file", require("ninetails.dataset.plain_file").read, "/dev/null", "card", "card x")

-- A scenario only builds tables: it reaches nothing else, and its run time is bounded.
local plain = require "ninetails.plain"
local function scenario(text) return select(2, plain.run(text, "@s.lua", "scenario")) or "accepted" end
is(scenario("return require('datasets.scenarios.base.laws')"):match("= function"), "= function")
is(scenario("return {#require('datasets.scenarios.base.camera_network').cameras}"), "accepted")
is(scenario("require('os')"), "s.lua:1: require 'os': expected a module of datasets.scenarios.*")
is(scenario("require('ninetails.files')"), "s.lua:1: require 'ninetails.files': expected a module of datasets.scenarios.*")
for _, name in ipairs {"os", "io", "debug", "package", "load", "loadfile", "dofile", "_G", "getmetatable", "pcall",
  "string", "coroutine", "pairs", "rawset", "math", "utf8", "collectgarbage"} do
  is(plain.run(("return %s == nil"):format(name), "@s.lua", "scenario"), true, name)
end
for _, text in ipairs {"while true do end", "table.move({}, 1, 1 << 60, 2)", "table.move({}, -(1 << 62), 1 << 62, 1, {})",
  "local t = {} for i = 1, 2e4 do t[i] = '' end while true do table.concat(t) end"} do
  is(scenario(text), "it runs on and on: a scenario is a table, not a program", text)
end
is(scenario("return ('x'):rep(1e9)"), "s.lua:1: attempt to index a string value (constant 'x')")
os.remove(folder .. "/toy.lua")
os.remove(folder)

-- ------------------------------------------------------------------ times

local function moment(text, offset) return card.moment(text, offset) end
is(moment("1970-01-01T00:00:00Z"), 0.0)
is(moment("2000-02-29 12:00:00+00:00"), 951825600.0)
is(moment("2016-10-06 17:52:16.480346", 36000), 1475740336.480346)
is(moment("2016-10-06 17:52:16.480346+10:00", -5), 1475740336.480346)
is(moment("1969-12-31T23:59:59.5Z"), -0.5)
is(moment("2100-03-01T00:00:00Z") - moment("2100-02-28T00:00:00Z"), 86400.0) -- no leap year
for _, bad in ipairs {"2016-13-01T00:00:00Z", "2016-00-01T00:00:00Z", "2016-01-32T00:00:00Z", "2016-01-01T24:00:00Z",
  "now",
  "2016-01-01T00:00:00", "2016-01-01T00:00:00+1000"} do
  is(moment(bad), nil, bad)
end

-- ------------------------------------------------------------------ event logs

local spec = {line = "^(%d+) ([%w_]+) (%u+)$", ignore = "^#", start = "START", stop = "END", clock = "epoch",
  utc_offset = "+01:00"}
local list = rules.events(spec,
  "# a log\r\n3600 scan START\n3700 flood START\r\n\n3605 scan END\n3800 flood END\n4000 scan START\n4001 scan END",
    "log")
is(#list, 3)
is(list[1].name, "scan")
is(list[1].from, 0)
is(list[1].to, 5)
is(list[2].to, 200)
is(list[3].from, 400)
is(#rules.events(spec, "", "log"), 0)
fails("log: line 2: 'stray' is neither an event nor to be ignored", rules.events, spec, "# x\nstray", "log")
fails("log: line 1: scan never ends", rules.events, spec, "1 scan START", "log")
fails("log: line 1: scan ends without a start", rules.events, spec, "1 scan END", "log")
fails("log: line 2: scan starts again, it runs since line 1", rules.events, spec, "1 scan START\n2 scan START", "log")
fails("log: line 2: scan ends before it starts", rules.events, spec, "5 scan START\n2 scan END", "log")
fails("log: line 1: 'STOP': expected START or END", rules.events, spec, "5 scan STOP", "log")
spec.line, spec.clock = "^(%S+) (%w+) (%u+)$", "date"
fails("time '12:00': expected a date", rules.events, spec, "12:00 scan START", "log")

-- ------------------------------------------------------------------ flow tables

local flows = {columns = {a = "src", b = "dst", from = "start", to = "end", protocol = "proto"},
  protocols = {["IPV4-TCP"] = "tcp"}, where = {label = "BAD-*"}}
local table_text = 'src,note,dst,proto,start,end,label\n10.0.0.1,"a,b",10.0.0.2,IPV4-TCP,1.5,2.5,BAD-SSH\n'
  .. "10.0.0.3,x,10.0.0.4,IPV4-UDP,1,2,Normal\n"
list = rules.flows(flows, table_text, "flows")
is(#list, 1)
is(list[1].a, "10.0.0.1")
is(list[1].b, "10.0.0.2")
is(list[1].protocol, "tcp")
is(list[1].from, 1.5)
is(list[1].to, 2.5)
flows.where = nil
fails("flows: line 3: protocol 'IPV4-UDP' is not in the card's", rules.flows, flows, table_text, "flows")
fails("flows: line 2: 2 fields, 7 expected", rules.flows, flows, "src,note,dst,proto,start,end,label\na,b\n", "flows")
fails("flows: no column '", rules.flows, flows, "src,dst\n", "flows")
-- Hostile tables: bounds, and patterns that cannot run long.
local function log_of(line, ignore)
  return {line = line, ignore = ignore, start = "START", stop = "END", clock = "epoch", utc_offset = "+00:00"}
end
local edges = log_of("^(%S+) (%w+) (%u+)$")
fails("log: line 2: has more than 4096 bytes", rules.events, edges, "\n" .. ("x"):rep(4097), "log")
fails("log: line 200001: more than 100000 events", rules.events, edges, ("1 a START\n1 a END\n"):rep(100001), "log")
for _, time in ipairs {"1e999", "nan", "0x"} do
  fails("log: line 1: time '" .. time .. "': expected a epoch", rules.events, edges, time .. " a START", "log")
end
fails("log: line 1: the card's pattern for lines of events takes no text for each of time, name and edge", rules.events,
  log_of "(.)", "abc", "log")
fails("malformed pattern (missing ']')", rules.events, log_of "a[", "abc", "log")
local ports = {columns = {a = "a", b = "b", a_port = "p", from = "t"}}
for _, port in ipairs {"65536", "-1", "1e300", "x", "99999999999"} do
  fails(("flows: line 2: port '%s': expected 0 to 65535"):format(port), rules.flows, ports, "a,b,p,t\nx,y," .. port .. ",1", "flows")
end
fails("flows: line 2: time '1e999'", rules.flows, ports, "a,b,p,t\nx,y,1,1e999", "flows")
fails("flows: more than 1000 columns", rules.flows, ports, ("x,"):rep(1001), "flows")
fails("flows: line 2: has more than 65536 bytes", rules.flows, ports, "a,b,p,t\n" .. ("x"):rep(65537), "flows")
-- Comparing names takes time linear in their length.
local any = {columns = {a = "a", b = "b"}, where = {a = ("*a"):rep(200) .. "*b"}}
is(#rules.flows(any, "a,b\n" .. ("a"):rep(60000) .. ",x\n", "flows"), 0)
for glob, names in pairs {["a*b"] = "ab axb abb axbxb a-b", ["a*b*c"] = "abc axbxc abcbc", ["*-*"] = "- a-b", [".+"] = ".+", [""] = "",
  ["*ab*a"] = "aba abxa", ["a*a"] = "aa aba axa abxa"} do
  local met = {}
  for name in ("- a b ab aa aba abxa axa axb abb axbxb abc axbxc abcbc a-b .+ ba ac"):gmatch("%S+") do
    local kept = rules.flows({columns = {a = "a", b = "b"}, where = {b = glob}}, "a,b\nx," .. name .. "\n", "flows")
    if #kept == 1 then met[#met + 1] = name end
  end
  table.sort(met)
  local wanted = {}
  for name in names:gmatch("%S+") do wanted[#wanted + 1] = name end
  table.sort(wanted)
  is(table.concat(met, " "), table.concat(wanted, " "), glob)
end
local many = {any = {}}
for i = 1, 101 do many.any[i] = {flows = {file = "f"}} end
fails("data set toy: a rule reads 101 files, at most 100 expected", rules.resolve, {name = "toy"}, many, error)
fails("flows: line 2: time 'x'", rules.flows, flows, "src,dst,proto,start,end\na,b,IPV4-TCP,x,1\n", "flows")

-- ------------------------------------------------------------------ every card of the program

local count = 0
for _, entry in ipairs(require("ninetails.dataset.registry").list()) do
  if entry.origin == "built in" then
    local c = require("datasets.cards." .. entry.name)
    is(card.check(c, entry.name).name, entry.name)
    count = count + 1
  end
end
if count < 35 then error("only " .. count .. " cards") end

-- The nine sets must add up to the published totals.
local function sum(pattern, key)
  local total = 0
  for _, entry in ipairs(require("ninetails.dataset.registry").list()) do
    if entry.name:find(pattern) then
      local c = require("datasets.cards." .. entry.name)
      total = total + card.fact(key == "packets" and c.packets or c.labels[key])
    end
  end
  return total
end
package.preload["datasets.cards.kitsune_mirai_head"] = nil -- a part of kitsune_mirai
is(sum("^kitsune_", "packets"), 21017597)
is(sum("^kitsune_", "attacks"), 4851280)
is(sum("^nbaiot_", "packets"), 7062606)
is(sum("^nbaiot_", "clean"), 555932)
