#!/bin/sh
# Fetches the C libraries of the firmware, as Debian's source packages, to build/sources/NAME. It
# uses apt-get, and needs neither root nor a deb-src line in the system's own lists. Each archive is
# checked against the digest that stands here.
# usage: hal/bare/sources.sh [DIR]     (DIR: build/sources)
set -eu

DIR=${1:-build/sources}
mkdir -p "$DIR/apt/lists/partial" "$DIR/apt/cache/archives/partial"
DIR=$(cd "$DIR" && pwd)

apt() {
  apt-get -q -o "Dir::Etc::sourcelist=$DIR/apt/list" -o Dir::Etc::sourceparts=/dev/null \
    -o "Dir::State::lists=$DIR/apt/lists" -o "Dir::Cache=$DIR/apt/cache" \
    -o APT::Get::List-Cleanup=0 "$@"
}

# The mirrors that the machine installs from, without security's: its fixes reach the others, too.
lists() {
  [ -e "$DIR/apt/list" ] && return
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -e $keys ] && option="[signed-by=$keys] " || option=
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' |
    grep -v -e -security | sort -u |
    while read -r uri release; do
      echo "deb-src $option$uri $release main"
    done > "$DIR/apt/list.new"
  if ! [ -s "$DIR/apt/list.new" ]; then
    echo "sources: no Debian mirror is configured on this machine" >&2
    exit 1
  fi
  mv "$DIR/apt/list.new" "$DIR/apt/list"
  apt update >&2
}

# fetch NAME SOURCE_PACKAGE ARCHIVE SHA256
fetch() {
  [ -e "$DIR/$1/.done" ] && return
  lists
  (cd "$DIR/apt" && apt source --download-only "$2" >&2)
  if ! echo "$4  $DIR/apt/$3" | sha256sum --check --quiet; then
    echo "sources: $3 is not the archive that this firmware was made for" >&2
    exit 1
  fi
  rm -rf "${DIR:?}/$1"
  mkdir "$DIR/$1"
  tar -xf "$DIR/apt/$3" -C "$DIR/$1" --strip-components=1
  : > "$DIR/$1/.done"
}

fetch lwip lwip lwip_2.1.3+dfsg1.orig.tar.xz \
  0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
fetch mbedtls mbedtls mbedtls_2.28.3.orig.tar.gz \
  3b4953aa55a681e084d31892d9904cc5328d6b4958ea57b90ae4b4f94ae69a8d
fetch libsodium libsodium libsodium_1.0.18.orig.tar.gz \
  d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
