-- SPDX-License-Identifier: GPL-3.0-or-later
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local cli = require "ninetails.cli"
local text = require "ninetails.cli.text"
local is = check.is

local function refuses(pattern, command, words)
  local good, why = pcall(cli.parse, command, words, 1)
  if good then error("accepted, expected " .. pattern, 2) end
  is(why.status, "argument")
  if not why.message:find(pattern) then error(("'%s', expected '%s'"):format(why.message, pattern), 2) end
end

local command = {
  name = "test",
  arguments = {{name = "FIRST"}, {name = "REST", many = true, optional = true}},
  options = {
    {name = "count", short = "c", type = "integer", min = 0, max = 9, default = 3},
    {name = "ratio", type = "number", above = 0, below = 1},
    {name = "kind", type = "choice", choices = {"one", "two"}, default = "one"},
    {name = "tag", type = "string", many = true},
    {name = "dry-run", type = "flag"},
    {name = "output", short = "o", type = "path"},
  },
}

local args = cli.parse(command, {"a"}, 1)
is(args.first, "a")
is(#args.rest, 0)
is(args.count, 3)
is(args.kind, "one")
is(args.dry_run, nil)
is(#args.tag, 0)
is(next(args.given), nil)

args = cli.parse(command, {"-c", "5", "--ratio=.5", "x", "--tag", "p", "-", "--tag=q=r", "--dry-run", "-oF", "--", "--kind"}, 1)
is(args.count, 5)
is(args.ratio, .5)
is(args.first, "x")
is(table.concat(args.rest, " "), "- --kind")
is(table.concat(args.tag, " "), "p q=r")
is(args.dry_run, true)
is(args.output, "F")
is(args.given.dry_run, true)
is(args.given.kind, nil)
is(cli.parse(command, {"--output", "-", "x"}, 1).output, "-")
is(cli.parse(command, {"x", "--help", "--zzz"}, 1), "help")
is(cli.parse(command, {"--", "--help"}, 1).first, "--help")

refuses("missing FIRST", command, {})
refuses("did you mean %-%-count", command, {"--cuont", "1"})
refuses("did you mean two", command, {"--kind", "tow"})
refuses("at least 0 and at most 9", command, {"--count", "10"})
refuses("a value is missing", command, {"x", "--count"})
refuses("a value is missing", command, {"x", "--count", "--kind", "one"})
refuses("more than 0", command, {"--ratio", "-1"})
refuses("less than 1", command, {"--ratio", "1"})
refuses("expected a number", command, {"--ratio", "1e999"})
refuses("expected a number", command, {"--ratio", ""})
refuses("whole number", command, {"--count", "0x5"})
refuses("whole number", command, {"--count", "1e-1"})
refuses("whole number", command, {"--count", "1e400"})
refuses("whole number", command, {"--count", "5k"})
is(cli.parse(command, {"x", "--count", "9e0"}, 1).count, 9) -- as --set and scripts write numbers
is(math.type(cli.parse(command, {"x", "--count", "0.8e1"}, 1).count), "integer")
refuses("whole number", command, {"--count", " 5"})
refuses("takes no value", command, {"--dry-run=1"})
refuses("given twice", command, {"-c", "1", "--count", "2"})
refuses("unexpected argument 'b'", {name = "t", arguments = {{name = "A"}}}, {"a", "b"})
refuses("unknown option %-%-a: there are none", {name = "t"}, {"--a"})

is(text.count(0), "0")
is(text.count(999), "999")
is(text.count(-1234567), "-1,234,567")
is(text.plain(0.1), "0.1")
is(text.plain(1e-16), "1e-16")
is(text.plain(50.0), "50")
is(text.plain(1 / 3), "0.3333333333333333")
is(text.scaled(999), "999")
is(text.scaled(1234567), "1.23 M")
is(text.scaled(0, "B"), "0 B")
is(text.nearest("scoer", {"extract", "score"}), "score")
is(text.nearest("ext", {"extract", "score"}), "extract")
is(text.nearest("zzz", {"extract", "score"}), nil)
is(text.nearest("x", {"o"}), nil)
is(text.command_line {"score", "a b", "it's", "", "-o", "x.h5"}, [[ninetails score 'a b' 'it'\''s' '' -o x.h5]])
