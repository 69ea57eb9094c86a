-- SPDX-License-Identifier: GPL-3.0-or-later
-- Patterns of cards match as Lua's own do, on random patterns and texts, in bounded time.
local check = dofile(DIRECTORY .. "/lua/shared/check.lua")
local pattern = require "ninetails.pattern"
local is = check.is

local function shown(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = words[i] and ("%q"):format(words[i]) or "nil" end
  return table.concat(words, " ", 1, words.n)
end

-- Compares with Lua's result; returns whether the pattern matches.
local function same(text, p)
  is(shown(pattern.match(text, p)), shown(string.match(text, p)), ("%q in %q"):format(p, text))
  return string.match(text, p) ~= nil
end
for _, pair in ipairs {{"", ""}, {"", "a"}, {"abc", ""}, {"abc", "b"}, {"abc", "^b"}, {"abc", "c$"}, {"a$c", "a$c"}, {"abc", "$"},
  {"aaa", "a-$"}, {"aaa", "(a-)(a*)$"}, {"[x]", "%[(.-)%]"}, {"]", "[]]"}, {"a]", "[^]]"}, {"x-y", "[a-]"}, {"%", "[%%]"},
  {"5", "[a-%z5]"}, {"a]", "[a%]]+"}, {"\0a\255", "[^a]+$"}, {"\0b", "%z"}, {"ab", "((a)(b))"}, {"foo.bar", "^(.-)%.(.*)$"},
  {"key = 5", "^(%w+)%s*=%s*(%d+)$"}, {"ab", "a?b?c?"}, {"a*b", "a%*b"}, {"a-", "[%w-]+"}, {"]-a", "[]-a]+"}, {"x^", "[x^]+"},
  {"^x", "[%^x]+"}, {"aab", "(a-)b"}, {"a\nb", "a.b"}, {"A1 é", "%u%d%s[\128-\255]+"}, {"a", "*"}, {"*", "*"}, {"a+", "^+"}} do
  same(pair[1], pair[2])
end
local pieces = {"a", "b", ".", "%a", "%A", "%d", "[ab]", "[^a]", "[%w_]", "[a-c]", "[]]", "[^]a]", "[a-]", "-", "%-", "(", ")", "*", "+",
  "?", "$", "^", "%.", "]", "[a-%]]", "%", "[", "1"}
local letters = {"a", "b", "c", "1", "-", "]", ".", "$", "^", "\0", "\200", "_", "%"}
local seed = 1
local function chance(n) -- the same numbers everywhere
  seed = (seed * 6364136223846793005 + 1442695040888963407) & (1 << 63) - 1
  return (seed >> 33) % n + 1
end
local function made_of(list, most)
  local words = {}
  for i = 1, chance(most) - 1 do words[i] = list[chance(#list)] end
  return table.concat(words)
end
local matched = 0
for _ = 1, 30000 do
  local p = made_of(pieces, 9)
  local text = made_of(letters, 12)
  if not pattern.check(p) and same(text, p) then matched = matched + 1 end
end
assert(matched > 3000, matched)

-- Unsupported patterns.
for wrong, p in pairs {["malformed pattern (missing ']')"] = "a[b", ["malformed pattern (ends with '%')"] = "a%",
  ["unfinished capture"] = "(a", ["invalid pattern capture"] = "a)", ["a capture of a position, a text was expected"] = "a()",
  ["a pattern with %b, %f or a back reference, which a card's cannot have"] = "(a)%1",
  ["too many captures"] = ("(a)"):rep(33), ["a pattern of more than 500 bytes"] = ("a"):rep(501)} do
  is(pattern.check(p), wrong)
  local good, why = pcall(pattern.match, "a", p)
  is(good, false)
  is(why.message, wrong)
end
is(pattern.check "%b()" == pattern.check "%f[a]" and pattern.check "%f[a]" ~= nil, true)
is(select(2, pcall(pattern.match, ("a"):rep(65537), "a")).message, "a text of more than 65536 bytes")
is(#table.pack(pattern.match(("a"):rep(40), ("(a)"):rep(32))), 32)

-- string.match would take centuries for each of these.
local long = ("a"):rep(4000)
is(pattern.match(long, ("a-"):rep(60) .. "b"), nil)
is(pattern.match(long, ("(a*)"):rep(30) .. "b"), nil)
is(pattern.match(long, (".-"):rep(90) .. "$x"), nil)
is(#pattern.match(long, ("a?"):rep(200) .. ("a"):rep(90) .. "$"), 290)
