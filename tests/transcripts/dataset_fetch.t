SPDX-License-Identifier: GPL-3.0-or-later

Fetching from a server on this machine that cuts connections, sends wrong bytes, redirects and asks for logins.

  $ export XDG_CONFIG_HOME="$PWD/config" NINETAILS_DATA="$PWD/data" no_proxy='*' NO_PROXY='*'; unset NINETAILS_SHARED
  $ mkdir -p config/ninetails/cards served/toy
  $ $PYTHON -c "open('served/toy/toy.bin', 'wb').write(bytes(i * i % 251 for i in range(300000)))"
  $ sum=$(sha256sum served/toy/toy.bin | cut -d ' ' -f 1)
  $ printf '0\n1\n' > served/toy/toy.csv
  $ cat > config/ninetails/cards/toy.lua << END
  > return {
  >   name = "toy", title = "A toy", capture = "capture",
  >   files = {
  >     capture = {path = "toy/toy.bin", bytes = 300000, sha256 = "$sum", login = "Kaggle wants a login: download toy.bin by hand."},
  >     labels = {path = "toy/toy.csv", optional = true},
  >   },
  > }
  > END
  $ "$PYTHON" "$TESTDIR/../http_server.py" served log > port & server=$!
  $ while ! [ -s port ]; do sleep 0.05; done; from=http://127.0.0.1:$(cat port)
  $ fetch() { rm -rf data log; ninetails dataset fetch toy --wait 0.01 --from "$from/$1" "${@:2}" 2>&1 | sed "s|$from|FROM|; s|$PWD/||; s|$sum|SUM|"; echo "exit ${PIPESTATUS[0]}"; }
  $ left() { (cd data 2> /dev/null && find . -type f | sort); cmp data/toy/toy.bin served/toy/toy.bin 2> /dev/null && echo whole; }

  $ fetch good; left

A connection that breaks off is taken up where it broke.

  $ fetch cut --quiet; left; cat log

A site that cannot continue, names no version, sends another part, or has another file by now: from the start.

  $ fetch norange --quiet; left; cat log
  $ fetch notag --quiet; left; cat log
  $ fetch otherpart --quiet; left; cat log
  $ fetch changed --quiet; left; cat log

Busy sites and silent ones are asked again.

  $ fetch busy; left
  $ fetch stall --timeout 1 --quiet; left; cat log
  $ fetch dead --retries 2; left

What was cut off in one run is continued by the next.

  $ rm -rf data; mkdir -p data/toy; head -c 100000 served/toy/toy.bin > data/toy/toy.bin.part
  $ printf '%s/good/toy/toy.bin\n"one"\n' "$from" > data/toy/toy.bin.part.from
  $ rm log; ninetails dataset fetch toy --from "$from/good" > /dev/null; left; cat log

A whole file that was not yet given its name is not fetched again.

  $ mv data/toy/toy.bin data/toy/toy.bin.part
  $ printf '%s/good/toy/toy.bin\n"one"\n' "$from" > data/toy/toy.bin.part.from
  $ rm log; ninetails dataset fetch toy --from "$from/good" > /dev/null; left; cat log

Wrong bytes and wrong sizes never come under the file's name.

  $ fetch wrong; left
  $ fetch longer; left
  $ fetch nowhere; left

Redirects are followed, to http and https alone.

  $ fetch redirect --quiet; left
  $ fetch loop; left
  $ fetch escape; left

A page instead of the file: that is what sites do that want a login.

  $ fetch page; left
  $ fetch hiddenpage | tail -1; left
  $ fetch forbidden; left

Without a checksum in the card the file's own is printed. Addresses of the card itself; JSON.

  $ ninetails dataset fetch toy labels --quiet --from "$from/good" | sed "s|$PWD/||"
  $ sed -i "s|optional = true|urls = {'$from/nowhere/toy/toy.csv', '$from/good/toy/toy.csv'}|" config/ninetails/cards/toy.lua
  $ rm -r data; ninetails dataset fetch toy labels --quiet --json | $PYTHON -c "
  > import json, sys
  > for f in json.load(sys.stdin): print(f['file'], f['bytes'], f['verified'], f['kept'], f['url'].split('/', 3)[3])"

What is here is checked and kept; --again fetches it.

  $ rm log; ninetails dataset fetch toy labels --json | grep kept; test -f log
  $ ninetails dataset fetch toy labels --again --json | grep kept; cat log

From a folder, by path or by name, compressed or not.

  $ mkdir folder; cp served/toy/toy.bin folder; rm -r data; ninetails dataset fetch toy capture --from folder > /dev/null 2>&1; left
  $ gzip folder/toy.bin; rm -r data; ninetails dataset fetch toy capture --from folder 2>&1 | sed "s|$sum|SUM|; s|$PWD/||"; left
  $ head -c 2000 folder/toy.bin.gz > folder/toy.bin; rm folder/toy.bin.gz; rm -r data
  $ ninetails dataset fetch toy capture --from folder 2>&1 | sed "s|$sum|SUM|"; left
  $ rm folder/*; ninetails dataset fetch toy capture --from folder

No address at all.

  $ ninetails dataset fetch toy capture
  $ kill $server
