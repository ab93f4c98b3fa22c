#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that are missing, with sudo when not root; does nothing when all are
# there. usage: deps.sh build|test|bench|soak|deb
set -eu

build="gcc g++ make flex bison libev-dev libsqlite3-dev libsodium-dev libssl-dev libseccomp-dev libsystemd-dev libsimdjson-dev node-llhttp tzdata"
test="$build libcmocka-dev python3 python3-jsonschema curl faketime openssl minisign"
bench="$test libclips-dev wrk clang libclang-rt-14-dev clang-format cppcheck"

soak="$test slowhttptest varnish"
deb="$build dpkg-dev debhelper git"

case "${1:-build}" in
build) want=$build ;;
test) want=$test ;;
bench) want=$bench ;;
soak) want=$soak ;;
deb) want=$deb ;;
*)
	echo "usage: deps.sh build|test|bench|soak|deb" >&2
	exit 2
	;;
esac

missing=""
for p in $want; do
	dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
[ -z "$missing" ] && exit 0

echo "installing:$missing" >&2
as_root=""
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "these packages are missing, and neither root nor sudo is at hand:$missing" >&2
		exit 3
	}
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# The lists may be absent or old on a fresh machine; try without fetching them first.
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
	$as_root apt-get update -qq
	$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
