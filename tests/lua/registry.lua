-- SPDX-License-Identifier: GPL-3.0-or-later
-- The registry: search for cards and files, labels of every kind, archives, and what an experiment receives.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local files = require "ninetails.files"
local labels = require "ninetails.labels"
local registry = require "ninetails.dataset.registry"
local is, fails = check.is, check.fails

local base = check.home()
local cards = base .. "/config/ninetails/cards"
files.make_folders(cards)
files.make_folders(base .. "/data")

local function write(path, text) files.write(base .. "/" .. path, text) end
local function put_card(name, body)
  write("config/ninetails/cards/" .. name .. ".lua", ("return {name = %q, title = %q, %s}"):format(name, name, body))
end

-- Eight packets, one a second, between 10.0.0.1 and 10.0.0.2; 10.0.0.9 sends the fourth and the sixth.
local header = "frame.time_epoch\tframe.len\teth.src\teth.dst\tip.src\tip.dst\ttcp.srcport\ttcp.dstport\tudp.srcport\tudp.dstport\t"
  .. "icmp.type\ticmp.code\tarp.opcode\tarp.src.hw_mac\tarp.src.proto_ipv4\tarp.dst.hw_mac\tarp.dst.proto_ipv4\tipv6.src\tipv6.dst"
local rows = {header}
for i = 1, 8 do
  local from = (i == 4 or i == 6) and 9 or 1
  rows[#rows + 1] = ("%d.000000000\t60\t02:00:00:00:00:0%d\t02:00:00:00:00:02\t10.0.0.%d\t10.0.0.2\t1000\t%d"):format(1000 + i, from, from, 80 + i)
    .. ("\t"):rep(11)
end
write("data/toy.tsv", table.concat(rows, "\n") .. "\n")

local function bytes_of(name, options)
  options = options or {}
  options.from = base .. "/data"
  local set = registry.load(name, options)
  local text = {}
  for line in io.lines(set.labels) do text[#text + 1] = line end
  return table.concat(text), set
end
local capture = "capture = 'capture', packets = 8, files = {capture = {path = 'toy.tsv'}, labels = {path = "
  .. "'labels.csv'}, log = {path = 'log.txt'}}"

-- ------------------------------------------------------------------ bytes

write("data/abc", "abc")
is(files.checksum(base .. "/data/abc", "md5"), "900150983cd24fb0d6963f7d28e17f72")
is(files.checksum(base .. "/data/abc", "sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
os.execute(("gzip '%s/data/abc'"):format(base))
is(files.checksum(base .. "/data/abc.gz", "md5", true), "900150983cd24fb0d6963f7d28e17f72")
fails("checksum 'crc': expected sha256 or md5", files.checksum, base .. "/data/abc.gz", "crc")
fails("abc.gz: more than 2 bytes: a text of at most", files.read, base .. "/data/abc.gz", 2)

-- ------------------------------------------------------------------ rules

-- "scan 2, flood 1"; the label file, whose names follow the numbers
local function names_of(set)
  local text = {}
  for i, pair in ipairs(set.named or {}) do text[i] = ("%s %d"):format(pair[1], pair[2]) end
  return table.concat(text, ", ")
end
local function named_lines(...)
  local text = "packet_number,label,attack"
  for i, what in ipairs {...} do
    local label = what == 0 and "0," or what == "x" and "x," or what == 1 and "1," or ('1,"%s"'):format(what)
    text = text .. ("%d,%s"):format(i, label)
  end
  return text
end

local function rule_gives(expected, rule, more)
  put_card("toy", capture .. (", labels = {meaning = 'behaviour', explain = 'x', rule = %s, %s}"):format(rule, more
    or "")
    .. ", events = {log = {file = 'log', line = '^(%d+) (%w+) (%u+)', start = 'START', stop = 'END', clock = 'epoch', "
    .. "utc_offset = '+00:00'}}")
  local text, set = bytes_of("toy")
  is(text, expected, rule)
  return set
end
write("data/log.txt", "1002 scan START\n1003 scan END\n1006 flood START\n1007 flood END\n")
rule_gives("00010100", "{address = '10.0.0.9'}")
rule_gives("00010100", "{address = '02:00:00:00:00:09', side = 'source'}")
rule_gives("00000000", "{address = '10.0.0.9', side = 'destination'}")
rule_gives("11111111", "{addresses = {'10.0.0.9', '10.0.0.2'}}")
-- names of attacks: of events, of leaves, through groups; masked by what is excluded
local scan_flood = named_lines(0, "scan", "scan", 0, 0, "flood", "flood", 0)
is(names_of(rule_gives(scan_flood, "{during = {events = 'log'}}")), "scan 2, flood 2")
is(names_of(rule_gives(named_lines(0, 0, 0, 0, 0, "flood", "flood", 0), "{during = {events = 'log', only = {'fl*'}}}")),
  "flood 2")
rule_gives(named_lines(0, 0, 0, 0, 0, "flood", 0, 0), "{all = {{during = {events = 'log'}}, {address = '10.0.0.9'}}}")
rule_gives(named_lines(0, 0, 0, 0, 0, "flood", 0, 0), "{all = {{address = '10.0.0.9'}, {during = {events = 'log'}}}}")
rule_gives(named_lines(0, 'a ""b""', 0, "c", 0, "c", 0, 0), "{any = {{packets = {first = 2, last = 2}, attack = 'a \"b\"'}, "
  .. "{address = '10.0.0.9', attack = 'c'}}}")
is(names_of(rule_gives(named_lines(0, "x", "scan", 0, 0, "flood", "x", 0), "{during = {events = 'log'}}",
  "exclude = {any = {{packets = {first = 2, last = 2}}, {packets = {first = 7, last = 7}}}}")), "scan 1, flood 1")
rule_gives(named_lines(1, "scan", "scan", 1, 1, "flood", "flood", 1), "{packets = {first = 1}}",
  "names = {during = {events = 'log'}}")
rule_gives("11111111", "{none = {{packets = {first = 9}, attack = 'no'}}}")
rule_gives("00110000", "{during = {from = 1003, to = '1970-01-01T00:16:44Z'}}")
rule_gives("00111111", "{packets = {first = 3}}")
rule_gives("00000010", "{flow = {b_port = 87, protocol = 'tcp'}}")
rule_gives("11101011", "{none = {{address = '10.0.0.9'}}}")
local set = rule_gives("0x01010x", "{address = '10.0.0.9'}",
  "exclude = {any = {{packets = {first = 2, last = 2}}, {packets = {first = 8}}}}")
is(set.packets, 8)
is(set.attacks, 2)
is(set.benign, 4)
is(set.excluded, 2)
is(set.first_attack, 4)
is(set.clean, 1)
is(set.capture, base .. "/data/toy.tsv")
is(set.input, "capture")
is(set.named, nil)
is(labels.read(set.labels), "\0\2\0\1\0\1\0\2") -- metrics read what was written
fails("data set toy: labels: address 'fe80::1::2'", rule_gives, "", "{address = 'fe80::1::2'}")

-- ------------------------------------------------------------------ label files

local function file_gives(text, more)
  write("data/labels.csv", text)
  put_card("toy", capture .. ", labels = {meaning = 'behaviour', explain = 'x', file = 'labels'" .. (more or "") .. "}")
  return (bytes_of("toy"))
end
local wanted = "00010100"
is(file_gives("0\n0\n0\n1\n0\n1\n0\n0"), wanted)
local r, semicolon, comma = {'"","x"'}, {}, {"packet_number,label"}
for i = 1, 8 do
  local l = wanted:sub(i, i)
  r[#r + 1], semicolon[#semicolon + 1], comma[#comma + 1] = ('"%d",%s'):format(i, l), ("%d;%s"):format(i, l),
    ("%d,%s"):format(i, l)
end
is(file_gives(table.concat(r, "\n")), wanted)
is(file_gives(table.concat(semicolon, "\r\n") .. "\r\n"), wanted)
is(file_gives(table.concat(comma, "\n") .. "\n"), wanted)
is(file_gives("BENIGN\nBENIGN\nBENIGN\nBot\nBENIGN\nDoS\nBENIGN\nBENIGN\n"),
  named_lines(0, 0, 0, "Bot", 0, "DoS", 0, 0))
is(file_gives(table.concat(comma, "\n") .. "\n", ", names = {packets = {first = 1, last = 4}, attack = 'early'}"),
  named_lines(0, 0, 0, "early", 0, 1, 0, 0))
is(file_gives("0\n0\n0\n1\n0\n1\n0\n0\n", ", exclude = {packets = {first = 1, last = 1}}"), "x0010100")
fails("data set toy: packets = 8: " .. base .. "/data/labels.csv has 7 labels", file_gives, "0\n0\n0\n1\n0\n1\n0\n")
fails("has 9 labels", file_gives, "0\n0\n0\n1\n0\n1\n0\n0\n0\n")
fails("label '7'", file_gives, "0\n0\n0\n1\n0\n1\n0\n7\n")
is(file_gives("0\n0\n0\n1\n0\n1\n0\n0\n1\n1\n", ", lines = 10"), wanted) -- the capture is the beginning of a longer one
fails("labels.lines = 11: ", file_gives, "0\n0\n0\n1\n0\n1\n0\n0\n1\n1\n", ", lines = 11")

-- ------------------------------------------------------------------ other labels, no labels, no files

put_card("toy", capture .. ", labels = {meaning = 'none', explain = 'x'},"
  .. " other_labels = {late = {meaning = 'interval', explain = 'x', rule = {packets = {first = 8}}}}")
is(bytes_of("toy"), "00000000")
is(bytes_of("toy", {labels = "late"}), "00000001")
fails("no labels 'lata': expected default, late", bytes_of, "toy", {labels = "lata"})
put_card("toy", capture)
local _, bare = pcall(registry.load, "toy", {from = base .. "/data"})
is(bare.labels, nil)
is(bare.packets, nil)
fails("data set toy: files.capture: 'toy.tsv' is not in " .. cards .. ", " .. base .. "/cache/ninetails", registry.load,
  "toy")
fails("unknown data set 'tooy': did you mean toy?", registry.load, "tooy")
fails("data set toy has no features", registry.load, "toy", {input = "features"})

-- A card in its own file, beside its data; a user's card takes precedence over the program's.
write("data/beside.lua", "return {name = 'beside', title = 'x', capture = 'c', files = {c = {path = 'toy.tsv'}}}")
is(registry.load(base .. "/data/beside.lua").capture, base .. "/data/toy.tsv")
put_card("westermo_right", capture)
is(registry.card("westermo_right").packets, 8)

-- ------------------------------------------------------------------ rows of features in several files and an archive

write("data/benign.csv", "f1,f2\n1,2\n3,4\n")
write("data/attack.csv", "f1,f2\n5,6\n7,8\n9,10")
os.execute(("cd '%s/data' && tar cf attacks.tar attack.csv && gzip -k benign.csv && rm benign.csv"):format(base))
local function parts(rows_of_attack)
  put_card("rows", ([[features = 'rows', packets = 5, labels = {meaning = 'behaviour', explain = 'x', joined = 'rows'},
    files = {benign = {path = 'benign.csv'}, attacks = {path = 'attacks.tar'},
      rows = {path = 'rows/all.csv', header = true,
      joined = {{file = 'benign', label = 0, rows = 2}, {file = 'attacks', member = 'attack.csv', label = 1,
        rows = %d}}}}]]):format(rows_of_attack))
end
parts(3)
local text, joined = bytes_of("rows")
is(text, named_lines(0, 0, "attacks attack", "attacks attack", "attacks attack"))
is(joined.input, "features")
is(joined.capture, base .. "/cache/ninetails/rows/all.csv")
is(files.read(joined.capture, 1000), "f1,f2\n1,2\n3,4\n5,6\n7,8\n9,10")
-- A changed part is read again.
write("data/attack.csv", "f1,f2\n5,6\n7,7\n9,9\n")
os.execute(("cd '%s/data' && tar cf attacks.tar attack.csv"):format(base))
is(bytes_of("rows"), named_lines(0, 0, "attacks attack", "attacks attack", "attacks attack"))
is(files.read(joined.capture, 1000), "f1,f2\n1,2\n3,4\n5,6\n7,7\n9,9\n")
-- So are parts whose card changes: rows, header, another member, another order.
local function joined_gives(expected, list, more)
  put_card("rows", ([[features = 'rows', files = {benign = {path = 'benign.csv'}, attacks = {path = 'attacks.tar'},
    rows = {path = 'rows/all.csv', joined = {%s} %s}}]]):format(list, more or ""))
  is(files.read(registry.load("rows", {from = base .. "/data"}).capture, 1000), expected)
end
parts(4)
fails("data set rows: files.rows.joined[2].rows = 4: ", bytes_of, "rows")
write("data/other.csv", "f1,f2\n0,0\n")
os.execute(("cd '%s/data' && tar cf attacks.tar attack.csv other.csv"):format(base))
local benign, attack, other = "{file = 'benign', label = 0}", "{file = 'attacks', member = 'attack.csv', label = 1}",
  "{file = 'attacks', member = 'other.csv', label = 1}"
joined_gives("f1,f2\n1,2\n3,4\n5,6\n7,7\n9,9\n", benign .. ", " .. attack, ", header = true")
joined_gives("f1,f2\n1,2\n3,4\nf1,f2\n5,6\n7,7\n9,9\n", benign .. ", " .. attack)
joined_gives("f1,f2\n1,2\n3,4\nf1,f2\n0,0\n", benign .. ", " .. other)
joined_gives("f1,f2\n0,0\nf1,f2\n1,2\n3,4\n", other .. ", " .. benign)
-- So is a made file that is cut, changed in place, or removed.
local all = base .. "/cache/ninetails/rows/all.csv"
for _, spoil in ipairs {"truncate -s 5", "sed -i s/0/1/", "touch -d 2001-01-01", "rm"} do
  os.execute(("%s '%s'"):format(spoil, all))
  joined_gives("f1,f2\n0,0\nf1,f2\n1,2\n3,4\n", other .. ", " .. benign)
end

-- ------------------------------------------------------------------ members of archives

local function unpacked(member, more, from)
  put_card("rows", ("capture = 'c', files = {a = {path = 'attacks.tar'}, c = {path = 'c/c.tsv', packed = {file = 'a', "
    .. "member = %q} %s}}"):format(member, more or ""))
  return files.read(registry.load("rows", {from = from or base .. "/data"}).capture, 1000)
end
os.execute(("cd '%s/data' && mv attack.csv other.csv .."):format(base)) -- members beside the card need no archive
local nowhere = base .. "/config"
local function cached(name) return base .. "/cache/ninetails/" .. name end
is(unpacked("attack.csv"), "f1,f2\n5,6\n7,7\n9,9\n")
is(unpacked("other.csv"), "f1,f2\n0,0\n", "another member in the card")
os.execute(("truncate -s 3 '%s'"):format(cached "c/c.tsv"))
is(unpacked("other.csv"), "f1,f2\n0,0\n", "cut")
-- Without the archive an unpacked member is used if it still matches the card.
is(unpacked("other.csv", nil, nowhere), "f1,f2\n0,0\n", "without the archive")
fails("files.a: 'attacks.tar' is not in", unpacked, "attack.csv", nil, nowhere)
is(unpacked("other.csv", ", bytes = 10", nowhere), "f1,f2\n0,0\n")
fails("data set rows: files.c.bytes = 11: member other.csv of files.a has 10", unpacked, "other.csv", ", bytes = 11", nowhere)
-- A member is checked against the present card; a made file does not count as a downloaded one.
local function sum_found(member)
  unpacked "other.csv"
  put_card("rows", ("capture = 'c', files = {a = {path = 'attacks.tar'}, c = {path = 'c/c.tsv', packed = {file = 'a', "
    .. "member = %q}}}"):format(member))
  for _, check in ipairs(require("ninetails.dataset.verify").run(registry.open("rows", base .. "/data"))) do
    if check.what == "files.c.sha256" then return check.found end
  end
end
is(sum_found "attack.csv", files.checksum(base .. "/attack.csv", "sha256"))
is(sum_found "other.csv", files.checksum(base .. "/other.csv", "sha256"))
put_card("rows", "capture = 'c', files = {c = {path = 'c/c.tsv'}}")
fails("data set rows: files.c: 'c/c.tsv' is not in", registry.load, "rows")
-- Nothing is written through a foreign link, neither at the file's place nor beside it.
write("mine", "mine")
for _, name in ipairs {"c/c.tsv", "c/c.tsv.from", "labels/toy.txt"} do
  files.make_folders(registry.folder_of(cached(name)))
  os.execute(("ln -sf '%s/mine' '%s'"):format(base, cached(name)))
end
is(unpacked("attack.csv"), "f1,f2\n5,6\n7,7\n9,9\n")
rule_gives("11111111", "{packets = {first = 1}}")
is(files.read(base .. "/mine", 100), "mine")

-- The card's size, else the archive's, bounds what reaches the disk; nothing is left of what exceeds it.
os.execute(("cd '%s/data' && truncate -s 80000000 huge.tsv && tar cf huge.tar huge.tsv && gzip huge.tar && mv huge.tar.gz "
  .. "attacks.tar && rm -r '%s' huge.tsv"):format(base, cached "c"))
fails("data set rows: files.c.bytes = 1000: " .. base .. "/data/attacks.tar: huge.tsv: holds more than 1000 bytes", unpacked,
  "huge.tsv", ", bytes = 1000")
is(#files.list(cached "c"), 0)
local packed = files.stat(base .. "/data/attacks.tar").size
fails(("data set rows: files.c.bytes: %s/data/attacks.tar: huge.tsv: holds more than %d bytes, 100 times what is packed; bytes in "
  .. "the card would allow more"):format(base, 100 * packed + (64 << 20)), unpacked, "huge.tsv")
is(#files.list(cached "c"), 0)
put_card("rows", "features = 'rows', files = {a = {path = 'attacks.tar'}, rows = {path = 'c/rows.csv', bytes = 1000, "
  .. "joined = {{file = 'a', member = 'huge.tsv', label = 0}}}}")
fails("data set rows: files.rows.bytes = 1000: ", registry.load, "rows", {from = base .. "/data"})
write("data/attacks.tar", ("x"):rep(2000))
put_card("rows", "features = 'rows', files = {a = {path = 'attacks.tar', bytes = 1000}, rows = {path = 'c/rows.csv', "
  .. "joined = {{file = 'a', label = 0}}}}")
fails("attacks.tar: holds more than 1000 bytes", registry.load, "rows", {from = base .. "/data"})

-- Links in an archive are not followed, and members of any name are written to the card's file only.
os.execute(("cd '%s' && ln -s /etc/passwd link.tsv && ln other.csv second.tsv && "
  .. "tar cPf data/attacks.tar --transform 's|attack.csv|../../../out.tsv|' other.csv link.tsv second.tsv attack.csv")
  :format(base))
fails("attacks.tar: link.tsv: is a link in the archive, a file was expected", unpacked, "link.tsv")
fails("attacks.tar: second.tsv: is a link in the archive, a file was expected", unpacked, "second.tsv")
is(unpacked("out.tsv"), "f1,f2\n5,6\n7,7\n9,9\n")
is(table.concat(files.list(cached "c"), " "), "c.tsv c.tsv.from")
is(files.stat(base .. "/out.tsv"), nil)
for _, name in ipairs {"../../../out.tsv", "/out.tsv", "a//b", "a\nb"} do
  fails("card rows: files.c.packed.member = ", unpacked, name)
end
os.execute(("cd '%s' && tar cf data/attacks.tar attack.csv"):format(base))
put_card("rows",
  "capture = 'c', files = {a = {path = 'attacks.tar'}, c = {path = 'c.tsv', packed = {file = 'a', member = "
    .. "'none.tsv'}}}")
fails("attacks.tar: no member 'none.tsv'; the archive has attack.csv", registry.load, "rows", {from = base .. "/data"})

-- ------------------------------------------------------------------ synthetic

put_card("made",
  "packets = 3000, synthetic = {scenario = 'os_scan', packets = 3000, seed = 7}, labels = {meaning = 'behaviour', "
    .. "explain = 'x'}")
local system = require "ninetails.system"
local version = system.version()
function system.version() return {version = version.version, commit = version.commit, dirty = false} end
local made = registry.load("made")
local whole = files.checksum(made.capture, "sha256")
is(made.packets, 3000)
is(made.attacks > 0 and made.first_attack == made.clean + 1, true)
-- Files that are cut, changed or missing are made again; untouched ones are not.
for _, spoil in ipairs {"truncate -s 100000 %s", "truncate -s 100000 %s.labels.csv", "rm %s", "rm %s.labels.csv",
  "printf x | dd of=%s bs=1 seek=5000 conv=notrunc status=none", "rm %s.from"} do
  os.execute(spoil:format(made.capture))
  is(registry.load("made").attacks, made.attacks, spoil)
  is(files.checksum(made.capture, "sha256"), whole, spoil)
end
local stamp = files.stat(made.capture).stamp
registry.load("made")
is(files.stat(made.capture).stamp, stamp)
put_card("made", "synthetic = {scenario = 'os_scam', packets = 3000, seed = 7}")
fails("unknown scenario 'os_scam': did you mean os_scan?", registry.load, "made")

os.execute(("rm -r '%s'"):format(base))
