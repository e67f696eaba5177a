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


# make-tarball.sh [--small] [--twice] DIRECTORY: dist-binary where packages.sh
# built Debian 12's packages, whose C library is the oldest that is meant, and
# with the FFmpeg that was built there. Twice: once more from nothing, at
# another place, to the same bytes.

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/packages/root.sh"
log=$roots/make-tarball.log

extent=''
twice=no
for argument; do
    case $argument in
    --small) extent=--small ;;
    --twice) twice=yes ;;
    *) output=$argument ;;
    esac
done
mkdir -p "${output:?}"

need_roots
builder=$roots/bookworm-build
[ -d "$builder/src/tree/debian/build/ffmpeg" ] ||
    unable 'run packages.sh bookworm first'
install_into "$builder" patchelf >"$log" 2>&1 ||
    unable 'there is no patchelf'

# shellcheck disable=SC2016 # expanded inside
make_in() { # TREE WORK OUTPUT
    offline "$builder" sh -ec 'cd "$1"
        FFMPEG_SOURCE=ffmpeg tools/dist-binary --work "$2" --output "$3" $4' \
        make_in "$1" "$2" "$3" "$extent"
}

again() {
    rm -rf "$builder/src/another" &&
        mkdir -p "$builder/src/another" &&
        offline "$builder" sh -ec 'cd /src/another
            dpkg-source -x ../*.dsc "the-tree"' &&
        make_in /src/another/the-tree /src/another/work /src/another/out
}

same_bytes() {
    cmp "$builder"/src/out/*.tar.xz "$builder"/src/another/out/*.tar.xz
}

rm -rf "$builder/src/out"
check 'the tarball is made' make_in /src/tree debian/build /src/out
tail -n 2 "$log" | sed 's/^/# /'
cp "$builder"/src/out/*.tar.xz "$output/"
if [ $twice = yes ]; then
    check 'it is made again at another place' again
    tail -n 2 "$log" | sed 's/^/# /'
    check 'it is the same, byte for byte' same_bytes
fi
end
