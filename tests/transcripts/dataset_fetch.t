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
  $ "$PYTHON" "$TESTDIR/../http_server.py" served log > port 2> server.err & server=$!
  $ while ! [ -s port ] && kill -0 $server; do sleep 0.05; done; from=http://127.0.0.1:$(cat port)
  $ fetch() {
  >   rm -rf data log; to=$1; shift
  >   ninetails dataset fetch toy --wait 0.01 --from "$from/$to" "$@" > out 2>&1; code=$?
  >   sed "s|$from|FROM|; s|$PWD/||; s|$sum|SUM|" out; echo "exit $code"
  > }
  $ left() { (cd data 2> /dev/null && find . -type f | sort); if cmp -s data/toy/toy.bin served/toy/toy.bin; then echo whole; fi; }

  $ fetch good; left
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole

A connection that breaks off is taken up where it broke.

  $ fetch cut --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  cut whole
  cut bytes=100001-
  cut bytes=200002-

A site that cannot continue, names no version, sends another part, or has another file by now: from the start.

  $ fetch norange --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  norange whole
  norange bytes=100000-
  $ fetch notag --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  notag whole
  notag whole
  $ fetch otherpart --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  otherpart whole
  otherpart bytes=100000-
  otherpart whole
  $ fetch changed --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  changed whole
  changed bytes=100000-

Busy sites and silent ones are asked again.

  $ fetch busy; left
  FROM/busy/toy/toy.bin: the site answers 503; 0 bytes are here, next attempt in 0.01 s
  FROM/busy/toy/toy.bin: the site answers 503; 0 bytes are here, next attempt in 0.02 s
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  $ fetch stall --timeout 1 --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  stall whole
  stall bytes=100000-
  $ fetch dead --retries 2; left
  FROM/dead/toy/toy.bin: Server returned nothing (no headers, no data); 0 bytes are here, next attempt in 0.01 s
  FROM/dead/toy/toy.bin: Server returned nothing (no headers, no data); 0 bytes are here, next attempt in 0.02 s
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/dead/toy/toy.bin: Server returned nothing (no headers, no data), after 3 attempts without a byte more
    FROM/dead/toy.bin: the site answers 404
    What has arrived is kept: the same command continues it. --from takes a mirror or a folder.
  exit 2

What was cut off in one run is continued by the next.

  $ rm -rf data; mkdir -p data/toy; head -c 100000 served/toy/toy.bin > data/toy/toy.bin.part
  $ printf '%s/good/toy/toy.bin\n"one"\n' "$from" > data/toy/toy.bin.part.from
  $ rm log; ninetails dataset fetch toy --from "$from/good" > /dev/null; left; cat log
  ./toy/toy.bin
  whole
  good bytes=100000-

A whole file that was not yet given its name is not fetched again.

  $ mv data/toy/toy.bin data/toy/toy.bin.part
  $ printf '%s/good/toy/toy.bin\n"one"\n' "$from" > data/toy/toy.bin.part.from
  $ rm log; ninetails dataset fetch toy --from "$from/good" > /dev/null; left; cat log
  ./toy/toy.bin
  whole
  good bytes=300000-

Wrong bytes and wrong sizes never come under the file's name.

  $ fetch wrong; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/wrong/toy/toy.bin: sha256 = SUM: found b67d868b5827dbd95d386ba0ca9fbf8f1cd6c39f05f1edfde2292246e1a96eb9 (300000 bytes); these bytes are not kept
    FROM/wrong/toy.bin: the site answers 404
  exit 2
  $ fetch longer; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/longer/toy/toy.bin: the site offers 300004 bytes, 300000 expected
    FROM/longer/toy.bin: the site answers 404
  exit 2
  $ fetch nowhere; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/nowhere/toy/toy.bin: the site answers 404
    FROM/nowhere/toy.bin: the site answers 404
  exit 2

Redirects are followed, to http and https alone.

  $ fetch redirect --quiet; left
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  $ fetch loop; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/loop/toy/toy.bin: more than 10 redirects
    FROM/loop/toy.bin: the site answers 404
  exit 2
  $ fetch escape; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/escape/toy/toy.bin: neither http nor https (or a redirect to something else)
    FROM/escape/toy.bin: the site answers 404
  exit 2

A page instead of the file: that is what sites do that want a login.

  $ fetch page; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/page/toy/toy.bin: the site answers with a page instead of the file
    FROM/page/toy.bin: the site answers 404
    Kaggle wants a login: download toy.bin by hand.
    Then: ninetails dataset fetch toy --from FOLDER
  exit 2
  $ fetch hiddenpage | grep page; left
    FROM/hiddenpage/toy/toy.bin: the site answers with a page instead of the file
    FROM/hiddenpage/toy.bin: the site answers 404
  $ fetch forbidden; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/forbidden/toy/toy.bin: the site answers 403
    FROM/forbidden/toy.bin: the site answers 404
    Kaggle wants a login: download toy.bin by hand.
    Then: ninetails dataset fetch toy --from FOLDER
  exit 2

Without a checksum in the card the file's own is printed. Addresses of the card itself; JSON.

  $ ninetails dataset fetch toy labels --quiet --from "$from/good" | sed "s|$PWD/||"
  labels       data/toy/toy.csv
               sha256 82c1315e6c757f33c4a77ca58b2a184f5a88614470c05ec77f3d28918db6b8ae, not verified: the card knows no checksum
  $ sed -i "s|optional = true|urls = {'$from/nowhere/toy/toy.csv', '$from/good/toy/toy.csv'}|" config/ninetails/cards/toy.lua
  $ rm -r data; ninetails dataset fetch toy labels --quiet --json | $PYTHON -c "
  > import json, sys
  > for f in json.load(sys.stdin): print(f['file'], f['bytes'], f['verified'], f['kept'], f['url'].split('/', 3)[3])"
  labels 4 False False good/toy/toy.csv

What is here is checked and kept; --again fetches it.

  $ rm log; ninetails dataset fetch toy labels --json | grep kept; test -f log
      "kept": true
  [1]
  $ ninetails dataset fetch toy labels --again --json | grep kept; cat log
      "kept": false,
  nowhere whole
  good whole

From a folder, by path or by name, compressed or not.

  $ mkdir folder; cp served/toy/toy.bin folder; rm -r data; ninetails dataset fetch toy capture --from folder > /dev/null 2>&1; left
  ./toy/toy.bin
  whole
  $ gzip folder/toy.bin; rm -r data; ninetails dataset fetch toy capture --from folder 2>&1 | sed "s|$sum|SUM|; s|$PWD/||"; left
  toy/toy.bin: copied from folder/toy.bin.gz
  capture      data/toy/toy.bin.gz
               sha256 SUM, as the card says
  ./toy/toy.bin.gz
  $ head -c 2000 folder/toy.bin.gz > folder/toy.bin; rm folder/toy.bin.gz; rm -r data
  $ ninetails dataset fetch toy capture --from folder 2>&1 | sed "s|$sum|SUM|"; left
  ninetails dataset fetch: data set toy: files.capture.bytes = 300000: found 1503: in folder/toy.bin
  $ rm folder/*; ninetails dataset fetch toy capture --from folder
  ninetails dataset fetch: data set toy: files.capture: neither 'toy/toy.bin' nor 'toy.bin' (or with .gz, .xz, .zst, .bz2) is in folder
  [2]

No address at all.

  $ ninetails dataset fetch toy capture
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    its card names no address to download it from
    Kaggle wants a login: download toy.bin by hand.
    Then: ninetails dataset fetch toy --from FOLDER
  [2]
  $ kill $server
