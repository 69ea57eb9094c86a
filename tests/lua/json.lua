-- SPDX-License-Identifier: GPL-3.0-or-later
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local json = require "ninetails.json"
local is, raises = check.is, check.raises

-- Values.
is(json.encode {1, 2.5, "x", true, false}, '[1, 2.5, "x", true, false]')
is(json.encode(nil), "null")
is(json.encode(json.null), "null")
is(json.encode {}, "{}")
is(json.encode(json.array {}), "[]")
is(json.encode(math.mininteger), "-9223372036854775808")
is(json.encode(1.0), "1.0")
is(json.decode(json.encode(0.1)), 0.1)
is(json.encode(0.1), "0.1")
is(json.encode {0.1 + 0.2, -2.5e-7, 1e20, 1e-5, 5e-324, 100000.0, -0.0, 0.3},
  "[0.30000000000000004, -2.5e-7, 1e20, 1e-5, 5e-324, 100000.0, -0.0, 0.3]")
is(json.encode {['0.10000000000000001 "\\'] = "0.10000000000000001 \\", n = 0.7},
  [[{"0.10000000000000001 \"\\": "0.10000000000000001 \\", "n": 0.7}]])
is(json.encode({a = {0.7}}, true), '{\n  "a": [\n    0.7\n  ]\n}')
local state = 88172645463325252 -- numbers of any bits read back
is(json.encode {12345678901234570.0, 1e16, 1}, "[12345678901234570.0, 1e16, 1]")
for _ = 1, 20000 do
  state = state ~ state << 13
  state = state ~ state >> 7
  state = state ~ state << 17
  local x = ("d"):unpack(("i8"):pack(state))
  if x == x and math.abs(x) < math.huge then is(json.decode(json.encode(x)), x) end
end
is(json.encode(1 / 0), "null")
is(json.encode(-1 / 0), "null")
is(json.encode {b = 0 / 0, a = 1}, '{"a": 1, "b": null}')

-- Order of keys: sorted, given, as pairs.
is(json.encode {b = 1, a = 2, __order = {"b", "a"}}, '{"b": 1, "a": 2}')
is(json.encode {b = 1, a = 2, __order = {"b", "none"}}, '{"b": 1}')
is(json.encode(json.object {{"z", 1}, {"absent", nil}, {"a", json.object {}}}), '{"z": 1, "a": {}}')

-- Texts: escapes, invalid UTF-8, zero bytes.
is(json.encode '"\\\n\0', [["\"\\\n\u0000"]])
is(json.encode "fuchs \xc3\xbc", '"fuchs \xc3\xbc"')
is(json.encode "a\xffb\xc3", '"a\u{fffd}b\u{fffd}"')
is(json.encode "\xed\xa0\x80", '"\u{fffd}\u{fffd}\u{fffd}"') -- a surrogate
is(json.encode "\xc0\x80", '"\u{fffd}\u{fffd}"') -- an overlong zero

-- Values that JSON cannot hold are errors.
local loop = {}
loop[1] = loop
raises("nested more than", json.encode, loop)
raises("a function cannot be written", json.encode, print)
raises("key is a number", json.encode, {[1.5] = 1})
raises("key is a boolean", json.encode, {[true] = 1})
raises("key is a number", json.encode, {1, 2, [4] = 4})
raises("zero byte", json.encode, {["a\0b"] = 1})
raises("expected a pair", json.encode, json.object {1})
raises("bad argument", json.encode)
raises("table expected", json.array, 1)

-- Reading.
local value = json.decode '{"a": [1, null, "x"], "b": {"c": 1e2}}'
is(value.a[1], 1)
is(value.a[2], json.null)
is(#value.a, 3)
is(value.b.c, 100.0)
is(json.encode(json.decode "[]"), "[]")
is(json.encode(json.decode '{"a": [[], {}]}'), '{"a": [[], {}]}')
raises("line 1, column", json.decode, "[1,")
raises("line 2", json.decode, '{"a": 1,\n"a": 2}')
raises("json: ", json.decode, "[1] 2")
raises("json: ", json.decode, ("["):rep(5000))
raises("nested more than", json.decode, ("["):rep(200) .. ("]"):rep(200))

-- A large value, with the collector running meanwhile.
collectgarbage("generational")
local rows = {}
for i = 1, 20000 do rows[i] = {id = i, text = ("x"):rep(i % 50)} end
local text = json.encode(rows)
local back = json.decode(text)
is(#back, 20000)
is(back[20000].text, ("x"):rep(0))
is(json.encode(back), text)
is(json.encode({1}, true), "[\n  1\n]")
