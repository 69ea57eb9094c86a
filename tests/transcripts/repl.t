SPDX-License-Identifier: GPL-3.0-or-later

Lua line by line: values of expressions are printed, incomplete input continues in the next line.

  $ ninetails repl << 'END'
  > 1 + 1
  > = "a", nil
  > x = {1, 2, name = {3}}
  > x
  > for i = 1, 2 do
  >   print(i)
  > end
  > function f(n)
  >   return n * 2
  > end
  > f(21)
  > nt.range(1, 7, 3)
  > END
  2
  a	nil
  {1, 2, name = {3}}
  1
  2
  42
  {1, 4, 7}

An error prints its traceback, the following lines are still read, and the exit code shows the error.

  $ printf 'nt.range(1, 0)\nnothing.here\nerror "oh"\n)\n"still here"\n' | ninetails repl
  stdin:1: range: 1 to 0 by 1 is empty
  stdin:1: attempt to index a nil value (global 'nothing')
  stack traceback:
  	stdin:1: in main chunk
  stdin:1: oh
  stack traceback:
  	[C]: in function 'error'
  	stdin:1: in main chunk
  stdin:1: unexpected symbol near ')'
  still here
  [2]
  $ printf 'nt.load("quickstart")\n#nt.plan(nt.load("quickstart", {packets = 20000}), {only = {"seed=1"}}).runs\n' | NINETAILS_DATA=data ninetails repl
  experiment quickstart: kitnet x 3; 3 grace periods, 1 profile, 3 seeds
  9
