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

# What is installed must not change what is in force, and the unit's documents must be where it says.
deb=$(ls "$build"/deb/waymark_*.deb)
if dpkg-deb -I "$deb" conffiles | grep policies >/dev/null; then
	echo "build.sh: the policies are files of configuration: an upgrade would change them" >&2
	exit 1
fi
for document in $(sed -n 's|^Documentation=.*file:||p' "$here/waymark.service"); do
	dpkg-deb -c "$deb" | grep "\.$document\$" >/dev/null || {
		echo "build.sh: the unit names $document, which the package does not have" >&2
		exit 1
	}
done
ls "$build"/deb/*.deb
