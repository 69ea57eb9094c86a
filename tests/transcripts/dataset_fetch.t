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

A broken connection is continued where it broke.

  $ fetch cut --quiet; left; cat log
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  cut whole
  cut bytes=100001-
  cut bytes=200002-

A site that cannot continue, names no version, sends another part or has a new file: the download starts over.

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

Busy and silent sites are asked again.

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

An interrupted download is continued by the next call.

  $ rm -rf data; mkdir -p data/toy; head -c 100000 served/toy/toy.bin > data/toy/toy.bin.part
  $ printf '%s/good/toy/toy.bin\n"one"\n' "$from" > data/toy/toy.bin.part.from
  $ rm log; ninetails dataset fetch toy --from "$from/good" > /dev/null; left; cat log
  ./toy/toy.bin
  whole
  good bytes=100000-

A complete file without its final name is not fetched again.

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
  $ fetch boast --quiet
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/boast/toy/toy.bin: the site offers 9223372036854875807 bytes, 300000 expected
    FROM/boast/toy.bin: the site answers 404
  exit 2
  $ fetch endless; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/endless/toy/toy.bin: the site sends more than 300000 bytes
    FROM/endless/toy.bin: the site answers 404
  exit 2
  $ sed 's|    labels|    more = {path = "toy/more.bin", bytes = 300000, urls = {"'$from'/endless/toy/toy.bin.gz"}},\n&|' \
  >   config/ninetails/cards/toy.lua > packed.lua; sed -i 's/name = "toy"/name = "packed"/' packed.lua
  $ head -c 40000 /dev/urandom > served/toy/toy.bin.gz; ninetails dataset fetch ./packed.lua more 2>&1 | sed "s|$from|FROM|"
  ninetails dataset fetch: data set packed: files.more: 'toy/more.bin' could not be fetched
    FROM/endless/toy/toy.bin.gz: the site sends more than 368536 bytes
  $ left
  $ $PYTHON -c "import gzip; gzip.open('served/toy/toy.bin.gz', 'wb').write(bytes(10 ** 8))"; sed -i s/endless/good/ packed.lua
  $ ninetails dataset fetch ./packed.lua more 2>&1 | sed "s|$from|FROM|"
  ninetails dataset fetch: data set packed: files.more: 'toy/more.bin' could not be fetched
    FROM/good/toy/toy.bin.gz: bytes = 300000: found more; these bytes are not kept
  $ left; rm served/toy/toy.bin.gz
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
    FROM/escape/toy/toy.bin: a redirect leads to something else than http and https, or away from https
    FROM/escape/toy.bin: the site answers 404
  exit 2

Nothing is written through a link or into a special file; others beside it are replaced.

  $ link() { rm -rf data; mkdir -p data/toy; echo mine > mine; "$@"; ninetails dataset fetch toy --from "$from/cut" --wait 0.01 --quiet \
  >   2>&1 | sed "s|$PWD/||; s|$sum|SUM|"; cat mine; left; }
  $ link ln -s ../../mine data/toy/toy.bin.part
  ninetails dataset fetch: data/toy/toy.bin.part: is a link or no file; nothing is written through it
  mine
  $ link ln mine data/toy/toy.bin.part
  ninetails dataset fetch: data/toy/toy.bin.part: is a link or no file; nothing is written through it
  mine
  ./toy/toy.bin.part
  $ link mkfifo data/toy/toy.bin.part
  ninetails dataset fetch: data/toy/toy.bin.part: is a link or no file; nothing is written through it
  mine
  $ link ln -s ../../mine data/toy/toy.bin.part.from
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  mine
  ./toy/toy.bin
  whole
  $ mkdir folder; cp served/toy/toy.csv folder; rm -r data; mkdir -p data/toy; ln -s ../../mine data/toy/toy.csv
  $ ninetails dataset fetch toy labels --from folder --quiet > out; cat mine; find data -type l; rm -r folder
  mine

A page instead of the file, as sites that require a login send it.

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

Over https the certificate is verified, and no redirect leads back to http.

  $ openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out certificate -days 36500 \
  >   -subj /CN=test -addext subjectAltName=IP:127.0.0.1 2> openssl.err || cat openssl.err
  $ plain=$from; "$PYTHON" "$TESTDIR/../http_server.py" served log certificate key > ports 2> secure.err & secure=$!
  $ while ! [ -s ports ] && kill -0 $secure; do sleep 0.05; done; from=https://127.0.0.1:$(cut -d ' ' -f 2 ports)
  $ fetch good; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/good/toy/toy.bin: SSL peer certificate or SSH remote key was not OK
    FROM/good/toy.bin: SSL peer certificate or SSH remote key was not OK
  exit 2
  $ export CURL_CA_BUNDLE="$PWD/certificate"; fetch good; left
  capture      data/toy/toy.bin
               sha256 SUM, as the card says
  exit 0
  ./toy/toy.bin
  whole
  $ fetch redirect | tail -1; fetch up | tail -1; left
  exit 0
  exit 0
  ./toy/toy.bin
  whole
  $ fetch down; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/down/toy/toy.bin: a redirect leads to something else than http and https, or away from https
    FROM/down/toy.bin: the site answers 404
  exit 2
  $ from=http://127.0.0.1:$(cut -d ' ' -f 1 ports); fetch up | tail -1; left
  exit 0
  ./toy/toy.bin
  whole
  $ fetch updown; left
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    FROM/updown/toy/toy.bin: a redirect leads from https to http
    FROM/updown/toy.bin: the site answers 404
  exit 2
  $ kill $secure; unset CURL_CA_BUNDLE; from=$plain

Invalid addresses.

  $ from='http://127.0.0.1:1/a b'; fetch good | grep toy.bin: | sed 's/^.*: //'
  has a blank, a control character or one that is not ASCII
  has a blank, a control character or one that is not ASCII
  $ from=http://127.0.0.1:1/$(head -c 3000 /dev/zero | tr '\0' a); fetch good | grep toy.bin: | sed 's/^.*: //'
  longer than 2048 bytes
  longer than 2048 bytes
  $ from=$plain

Without a checksum in the card the file's own is printed. Addresses of the card itself; JSON.

  $ ninetails dataset fetch toy labels --quiet --from "$from/good" | sed "s|$PWD/||"
  labels       data/toy/toy.csv
               sha256 82c1315e6c757f33c4a77ca58b2a184f5a88614470c05ec77f3d28918db6b8ae, not verified: the card knows no checksum
  $ sed -i "s|optional = true|urls = {'$from/nowhere/toy/toy.csv', '$from/good/toy/toy.csv'}|" config/ninetails/cards/toy.lua
  $ rm -r data; ninetails dataset fetch toy labels --quiet --json | $PYTHON -c "
  > import json, sys
  > for f in json.load(sys.stdin): print(f['file'], f['bytes'], f['verified'], f['kept'], f['url'].split('/', 3)[3])"
  labels 4 False False good/toy/toy.csv

Existing files are checked and kept; --again fetches them.

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
  ninetails dataset fetch: data set toy: files.capture: none of 'toy/toy.bin', 'toy.bin' (also with .gz, .xz, .zst, .bz2) is in folder
  [2]

A member from a folder or a mirror: its archive, or the member as the card or the archive names it. What is optional may
be missing, unless it was named; where the rule's files are missing the label file stands in.

  $ cat > member.lua << END
  > return {
  >   name = "member", title = "A member", capture = "capture",
  >   files = {
  >     capture = {path = "m/capture.bin", bytes = 300000, sha256 = "$sum", packed = {file = "archive", member = "d/in.bin"}},
  >     archive = {path = "m/all.tar", optional = true, urls = {"$from/nowhere/all.tar"}},
  >     flows = {path = "m/flows.csv", optional = true},
  >     labels = {path = "m/labels.csv", optional = true},
  >     extra = {path = "m/extra.csv", optional = true},
  >   },
  >   labels = {meaning = "flow", explain = "Told.", same_as = "labels",
  >     rule = {flows = {file = "flows", columns = {a = "a", b = "b"}}}},
  > }
  > END
  $ member() { rm -rf data; ninetails dataset fetch ./member.lua "$@" > out 2>&1; code=$?; sed "s|$from|FROM|; s|$PWD/||; s|$sum|SUM|" out
  >   echo "exit $code"; if test -d data; then (cd data && find . -type f | sort); fi; }
  $ mkdir -p folder/d; cp served/toy/toy.bin folder/capture.bin; member --from folder
  m/capture.bin: copied from folder/capture.bin
  warning: data set member: files.flows: 'm/flows.csv' is not in folder; it is optional
  capture      data/m/capture.bin
               sha256 SUM, as the card says
  exit 0
  ./m/capture.bin
  $ cp served/toy/toy.csv folder/labels.csv; mv folder/capture.bin folder/in.bin; NINETAILS_FROM=folder member --quiet
  capture      data/m/capture.bin
               sha256 SUM, as the card says
  labels       data/m/labels.csv
               sha256 82c1315e6c757f33c4a77ca58b2a184f5a88614470c05ec77f3d28918db6b8ae, not verified: the card knows no checksum
  exit 0
  ./m/capture.bin
  ./m/labels.csv
  $ mv folder/in.bin folder/d; (cd folder; tar cf all.tar d/in.bin; rm -r d); touch folder/flows.csv; member --from folder --quiet --json | grep file
      "file": "archive",
      "file": "flows",
  $ cp folder/all.tar served; from=$from/good; member --from "$from" --quiet | grep -v sha256
  warning: data set member: files.flows: 'm/flows.csv' is not in FROM; it is optional
  archive      data/m/all.tar
  exit 0
  ./m/all.tar
  $ sed -i 's|nowhere/all.tar|good/all.tar|; s|m/flows.csv"|&, urls = {"'"$from"'/toy/toy.csv"}|' member.lua; member --quiet | grep -v sha256
  archive      data/m/all.tar
  flows        data/m/flows.csv
  exit 0
  ./m/all.tar
  ./m/flows.csv
  $ rm served/all.tar; mkdir served/m; cp served/toy/toy.bin served/m/capture.bin; member --from "$from" --quiet | grep -v sha256
  warning: data set member: files.flows: 'm/flows.csv' is not in FROM; it is optional
  capture      data/m/capture.bin
  exit 0
  ./m/capture.bin
  $ from=${from%/good}; rm folder/*; member capture flows --from folder
  ninetails dataset fetch: data set member: files.archive: none of 'm/all.tar', 'all.tar' (also with .gz, .xz, .zst, .bz2) is in folder
  data set member: files.capture: none of 'm/capture.bin', 'capture.bin', 'd/in.bin', 'in.bin' (also with .gz, .xz, .zst, .bz2) is in folder
  exit 2
  $ cp served/toy/toy.bin folder/in.bin; member capture flows --from folder --quiet | grep flows
  ninetails dataset fetch: data set member: files.flows: none of 'm/flows.csv', 'flows.csv' (also with .gz, .xz, .zst, .bz2) is in folder
  $ head -c 300000 /dev/zero > folder/in.bin; member --from folder --quiet | sed 's/found [0-9a-f]*/found OTHER/'
  ninetails dataset fetch: data set member: files.capture.sha256 = SUM: found OTHER (300000 bytes): in folder/in.bin
  exit 2
  $ ninetails dataset list --from file:///usr 2>&1 | head -1
  ninetails dataset list: --from file:///usr: there is no such folder
  $ NINETAILS_FROM=none ninetails dataset list
  ninetails dataset list: NINETAILS_FROM none: there is no such folder
  See: ninetails help dataset list
  [1]

A card without an address.

  $ ninetails dataset fetch toy capture
  ninetails dataset fetch: data set toy: files.capture: 'toy/toy.bin' could not be fetched
    its card names no address to download it from
    Kaggle wants a login: download toy.bin by hand.
    Then: ninetails dataset fetch toy --from FOLDER
  [2]
  $ kill $server
