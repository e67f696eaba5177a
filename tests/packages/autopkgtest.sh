#!/bin/sh
# This file is part of ffmpeg-e2ee.
#
# ffmpeg-e2ee is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# ffmpeg-e2ee is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.
#
# You should have received a copy of the GNU Lesser General Public
# License along with ffmpeg-e2ee; if not, write to the Free Software
# Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA



# autopkgtest.sh SUITE DIRECTORY: debian/tests by Debian's own runner, in a
# clean root of the suite, with the packages that packages.sh built there.
# Exits with 77 if there is no autopkgtest.

top=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
source=$2
. "$top/tests/packages/root.sh"
log=$roots/autopkgtest-$suite.log

need_roots
command -v autopkgtest >/dev/null || unable 'there is no autopkgtest'
built=$roots/$suite-build/src
[ -n "$(find "$built" -maxdepth 1 -name '*.deb' 2>/dev/null)" ] ||
    unable "run packages.sh $suite first"
base=$(base_root "$suite") || unable "no clean root of $suite could be made"
root=$roots/$suite-autopkgtest
rm -rf "$root" "$roots/$suite-autopkgtest.out"
cp -a "$base" "$root"

# A namespace of its own for /proc and /dev of the root, which have to end
# with it; the network stays, for the tests' dependencies.
# shellcheck disable=SC2016 # expanded inside
runner() {
    unshare --mount --pid --fork sh -c '
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        exec autopkgtest --output-dir "$2" "$4"/*.deb "$3" -- chroot "$1"' \
        runner "$root" "$roots/$suite-autopkgtest.out" \
        "$(find "$source" -maxdepth 1 -name '*.dsc')" "$built" </dev/null
}

passed() {
    cat "$roots/$suite-autopkgtest.out/summary"
    grep -qE '^installed +PASS' "$roots/$suite-autopkgtest.out/summary"
}

check "in $suite: autopkgtest has no complaint" runner
check 'it ran the test' passed
sed 's/^/# /' "$log"
rm -rf "$root"
end
