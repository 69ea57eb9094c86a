#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh TARBALL FOLDER: builds Debian's packages of the tarball in FOLDER/packages, and proves them:
# lintian has nothing to say; another build, elsewhere and by other settings, has the same bytes; in a fresh Debian
# they are installed, used and removed, and leave nothing behind.
set -eu
[ "$(id -u)" = 0 ] || { echo "check.sh: a chroot needs root: expected to run as root" >&2; exit 2; }
tarball=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
folder=$(realpath "$2")

# Sources of the tarball, under that folder, with debian/ where the tools expect it.
unpack() {
  mkdir -p "$1"
  tar -xzf "$tarball" -C "$1"
  tree=$(echo "$1"/*)
  cp -r "$tree/packaging/debian" "$tree/debian"
}

build() { # into a folder, by a umask, with settings of the environment
  unpack "$1"
  (cd "$tree" && umask "$2" && shift 2 &&
    env DEB_BUILD_OPTIONS=nocheck "$@" dpkg-buildpackage -us -uc -b) > "$1.log" 2>&1 ||
    { tail -n 40 "$1.log"; echo "check.sh: dpkg-buildpackage failed: $1.log" >&2; exit 2; }
}

build "$folder/first" 022 TZ=UTC LC_ALL=C.UTF-8
mkdir "$folder/packages"
cp "$folder"/first/*.deb "$folder/packages"
lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$folder"/first/*.changes
echo "lintian: nothing to say"

build "$folder/second-of-a-longer-name" 002 TZ=Pacific/Chatham LC_ALL=C HOME=/nonexistent
for package in "$folder"/packages/*.deb; do
  cmp "$package" "$folder/second-of-a-longer-name/$(basename "$package")" ||
    { echo "check.sh: $(basename "$package"): another build has other bytes" >&2; exit 2; }
done
echo "two builds: the same bytes"

# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
chroot="$folder/chroot"
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2> /dev/null > "$folder/sources" || true
mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "5"' "$suite" "$chroot" - < "$folder/sources"
cp "$folder"/packages/*.deb "$chroot/tmp"
cp packaging/use.sh "$chroot/tmp"
chroot "$chroot" sh /tmp/use.sh
rm -rf "$chroot" "$folder/first" "$folder/second-of-a-longer-name"
ls -l "$folder/packages"
