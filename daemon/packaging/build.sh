#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Debian package from what git knows, in a folder of its own.
# usage: build.sh BUILD VERSION
set -eu
build=$1 version=$2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
tree=$build/deb/waymark-$version

rm -rf "$build/deb"
mkdir -p "$tree"
tree=$(cd "$tree" && pwd)
(cd "$top" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$tree")
cp -R "$here/debian" "$tree/debian"
cp "$here/waymark.service" "$tree/debian/waymark.service"
cat >"$tree/debian/changelog" <<END
waymark ($version) bookworm; urgency=medium

  * Built from the project's own sources.

 -- Waymark developers <waymark@example.org>  $(date -R -d "@$(git -C "$top" log -1 --format=%ct)")
END
(cd "$tree" && dpkg-buildpackage -us -uc -b)
ls "$build"/deb/*.deb
