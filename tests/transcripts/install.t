SPDX-License-Identifier: GPL-3.0-or-later

  $ ln -s "$TRACE" trace.tsv.gz

An installed tree is enough to build a program with: pkg-config names everything, wherever the tree was put.

  $ cmake --install "$BUILD" --prefix "$PWD/tree" > /dev/null
  $ export PKG_CONFIG_PATH=$(dirname "$(find "$PWD/tree" -name ninetails.pc)")
  $ pkg-config --modversion ninetails
  0.2.0
  $ $CC -std=c17 -Wall -Werror $CFLAGS -o score "$SOURCE/core/examples/score.c" $(pkg-config --cflags --libs ninetails)
  $ export LD_LIBRARY_PATH=$(dirname "$(find "$PWD/tree" -name libninetails.so)")
  $ ./score trace.tsv.gz 200 600 > scores
  $ below="$(pkg-config --libs $(pkg-config --print-requires-private ninetails)) $(sed -n 's/^Libs.private: //p' "$LD_LIBRARY_PATH/pkgconfig/ninetails.pc")"
  $ $CC -std=c17 $CFLAGS -o static "$SOURCE/core/examples/score.c" $(pkg-config --cflags ninetails) "$LD_LIBRARY_PATH/libninetails.a" $below
  $ LD_LIBRARY_PATH= ./static trace.tsv.gz 200 600 | cmp - scores
  $ tree/bin/ninetails score trace.tsv.gz --fm-grace 200 --ad-grace 600 --quiet -o scores.csv 2> warning
  $ tail -n +803 scores.csv | cut -d , -f 1,3 | tr , ' ' | cmp - scores
  $ score_example trace.tsv.gz 200 600 | cmp - scores
  $ ./score none 1 1
  none: cannot be opened: No such file or directory
  [2]

The same detector takes one frame at a time, in C and in C++.

  $ ninetails dataset synth syn_dos --packets 3000 --seed 3 -o wire.pcap --quiet
  $ ninetails score wire.pcap --fm-grace 200 --ad-grace 600 --quiet -o wire.csv 2> warning
  $ for compiler in "$CC -std=c17" "$CXX -x c++ -std=c++17"; do
  >   $compiler -Wall -Wextra -Werror -pedantic $CFLAGS -o push "$SOURCE/core/examples/push.c" $(pkg-config --cflags --libs ninetails)
  >   ./push wire.pcap 200 600 > pushed; wc -l < pushed
  >   cut -d ' ' -f 1 pushed > scores; tail -n +803 wire.csv | cut -d , -f 3 | cmp - scores
  > done
  2199
  2199
  $ test $(grep -c alarm pushed) -gt 0
  $ ./push none 1 1
  none: cannot be opened: No such file or directory
  [2]

Manual pages and completions are in their places.

  $ ls tree/share/man/man1/ninetails.1 tree/share/man/man1/ninetails-score.1 tree/share/bash-completion/completions/ninetails
  tree/share/bash-completion/completions/ninetails
  tree/share/man/man1/ninetails-score.1
  tree/share/man/man1/ninetails.1
