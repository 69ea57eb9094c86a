SPDX-License-Identifier: GPL-3.0-or-later

`plot` refuses mistakes before it draws.

  $ $BUILD/tests/result_file_tool .
  $ ninetails plot
  ninetails plot: missing KIND
  See: ninetails help plot
  [1]
  $ ninetails plot rsme quickstart.h5 -o x.svg
  ninetails plot: kind 'rsme': did you mean rmse?
  See: ninetails help plot
  [1]
  $ ninetails plot rmse quickstart.h5 -o x.png
  ninetails plot: --output 'x.png': expected a name that ends in .svg or .pdf
  See: ninetails help plot
  [1]
  $ ninetails plot rmse quickstart.h5 -o x.svg
  ninetails plot: quickstart.h5 has 5 runs: name one, quickstart.h5:RUN, by its number or key (`ninetails results ls` lists them)
  See: ninetails help plot
  [1]
  $ ninetails plot rmse quickstart.h5:7 -o x.svg
  ninetails plot: run 7 of quickstart.h5: there are 6
  See: ninetails help plot
  [1]
  $ ninetails plot rmse quickstart.h5:4 -o x.svg
  ninetails plot: run 00000000* of quickstart.h5 failed: did not converge (glob)
  See: ninetails help plot
  [1]
  $ ninetails plot auc quickstart.h5 --metric eer -o x.svg
  ninetails plot: --metric is for kind cost, differences, effects, m, pairs, ranks
  See: ninetails help plot
  [1]
  $ ninetails plot auc quickstart.h5 --only seed=7 -o x.svg
  ninetails plot: quickstart.h5: none of 6 runs matches --only: seed has 1234, 1235, 1236, 1237, 1238, 1239
  See: ninetails help plot
  [1]
  $ ninetails plot auc missing.h5 -o x.svg
  ninetails plot: missing.h5: * (glob)
  [2]
  $ ls *.svg *.csv 2>/dev/null
  [2]

A foreign file is not replaced by a figure, nor a foreign table by its numbers.

  $ echo mine > x.svg
  $ ninetails plot auc quickstart.h5 -o x.svg
  ninetails plot: x.svg: is there, and is not a figure of ninetails plot: --force replaces it
  See: ninetails help plot
  [1]
  $ echo mine > y.csv
  $ ninetails plot auc quickstart.h5 -o y.svg
  ninetails plot: y.csv: is there, and is not the numbers of a figure of ninetails plot: --force replaces it
  See: ninetails help plot
  [1]
  $ cat x.svg y.csv
  mine
  mine

Without gnuplot.

  $ mkdir bin && ln -s $(command -v ninetails) bin/ninetails
  $ PATH=$PWD/bin /bin/sh -c 'ninetails plot auc quickstart.h5 -o z.svg'
  ninetails plot: gnuplot is not installed, which draws the figures: apt-get install gnuplot-nox
  [2]
  $ ls z.*
  ls: cannot access 'z.*': No such file or directory
  [2]
