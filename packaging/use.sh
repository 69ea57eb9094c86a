#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# use.sh: in a fresh Debian with the packages in /tmp: installs them, uses each, removes them; nothing may stay.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/tmp/home
apt() { apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends "$@" > /tmp/apt.log 2>&1 || { cat /tmp/apt.log; exit 2; }; }
fail() { echo "use.sh: $*" >&2; exit 2; }

apt update
apt install gcc libc6-dev pkg-config python3
apt install $(apt-get -s install --no-install-recommends /tmp/*.deb | sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -v ninetails)
files() { find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt \
  -o -path /var/cache \) -prune -o ! -type d -print | sort; }
files > /tmp/before
apt install /tmp/*.deb

cd /tmp
ninetails version
ninetails dataset synth ssdp_flood --packets 3000 --seed 1 -o in.pcap --quiet
ninetails score in.pcap --labels in.pcap.labels.csv --fm-grace 200 --ad-grace 800 -o scores.h5 --quiet 2> /dev/null
ninetails run quickstart --quiet -o quickstart.h5
[ "$(ninetails results export quickstart.h5 --columns auc | wc -l)" = 28 ] || fail "quickstart: expected 27 runs"

cat > build.c << 'END'
#include <ninetails/ninetails.h>
#include <stdio.h>
int main(void) {
  puts(nt_build_of()->version);
  return 0;
}
END
# shellcheck disable=SC2046
gcc -std=c17 -Wall -Werror build.c $(pkg-config --cflags --libs ninetails) -o build
version=$(dpkg-query -W -f '${Version}' ninetails)
[ "$(./build)" = "$version" ] || fail "a program with the library says version $(./build), the package $version"
below="$(pkg-config --libs $(pkg-config --print-requires-private ninetails)) $(sed -n 's/^Libs.private: //p' /usr/lib/*/pkgconfig/ninetails.pc)"
# shellcheck disable=SC2086
gcc -std=c17 build.c /usr/lib/*/libninetails.a $below -o static
[ "$(./static)" = "$version" ] || fail "the static library says $(./static)"

python3 - << 'END'
import ninetails as nt
runs = nt.open("quickstart.h5").runs
assert len(runs) == 27 and runs.auc.max() > 0.5, runs
scores = nt.score("in.pcap", fm_grace=200, ad_grace=800)
assert len(scores.scores) == 3000, scores
END
[ -s /usr/share/doc/ninetails/docs/inputs.md ] || fail "no documentation"

apt purge ninetails libninetails0.2 libninetails-dev python3-ninetails ninetails-doc
files > /tmp/after
diff /tmp/before /tmp/after > /tmp/left || { cat /tmp/left; fail "files are left, or gone"; }
echo "installed, used, removed: nothing is left"
