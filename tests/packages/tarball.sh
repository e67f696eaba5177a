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


# tarball.sh SUITE TARBALL: the tarball of dist-binary in a clean root of the
# suite, with a C library and nothing else, without a network and at an odd
# place.

top=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
tarball=$2
. "$top/tests/packages/root.sh"
log=$roots/tarball-$suite.log

need_roots
find_media
[ -f "$tarball" ] || unable "there is no $tarball: make dist-binary"
base=$(base_root "$suite") || unable "no clean root of $suite could be made"
root=$roots/$suite-tarball
place='/opt/an odd place, ü'
rm -rf "$root"
cp -a "$base" "$root"
put_media "$root"
mkdir -p "$root$place"
cp "$tarball" "$root/tmp/tarball.tar.xz"
# A minimal root has no xz.
tar -xf "$tarball" -C "$root$place" --strip-components=1

# Libraries of the root are the C library's, all others are our own. NSS
# opens some by itself.
# shellcheck disable=SC2016 # expanded inside
own_libraries() {
    offline "$root" sh -c '
        cd "$1" && for file in bin/* lib/*; do
            LD_LIBRARY_PATH=$([ "${file%%/*}" = bin ] || echo "$PWD/lib") \
                ldd "$file" | sed "s|^|$file: |"
        done' sh "$place" >"$log.ldd" 2>&1
    grep -q "=> $place/bin/../lib/libx264" "$log.ldd" &&
        ! grep -E 'not found|not a dynamic|error while' "$log.ldd" &&
        ! grep ' => /' "$log.ldd" | grep -vF " => $place/" |
            grep -vE '/(libc|libm|libdl|librt|libpthread|libresolv|libmvec)\.so'
}

use() {
    offline "$root" env FFMPEG="$place/bin/ffmpeg" \
        E2EE_MEETING="$place/bin/e2ee-meeting" \
        SCENARIO="$place/share/ffmpeg-e2ee/scenarios/two-people.json" \
        sh /tmp/seal-and-open /tmp/clip.mp4 /tmp/speech.wav
}

complete() {
    for file in share/man/man1/e2ee-meeting.1 \
        share/man/man5/e2ee-meeting-scenario.5 \
        share/bash-completion/completions/e2ee-meeting.bash \
        share/ffmpeg-e2ee/schemas/report.schema.json \
        share/doc/ffmpeg-e2ee/LIBRARIES share/doc/ffmpeg-e2ee/SOURCES \
        share/doc/ffmpeg-e2ee/licences/ffmpeg-LICENSE.md; do
        [ -s "$root$place/$file" ] || { echo "no $file"; return 1; }
    done
}

# Every library has its licence, with those that this one names, and a place
# where its source is, in the version that it was made of.
licensed() {
    doc=$root$place/share/doc/ffmpeg-e2ee
    for library in "$root$place"/lib/*; do
        # shellcheck disable=SC2046 # words
        set -- $(awk -v f="${library##*/}" '$1 == f' "$doc/LIBRARIES")
        [ $# -eq 5 ] || { echo "$library is not listed"; return 1; }
        [ -s "$doc/licences/$2" ] || { echo "no licence of $2"; return 1; }
        grep -qxF "    $4 $5" "$doc/SOURCES" ||
            { echo "no source of $library"; return 1; }
    done
    grep -hoE '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' \
        "$doc"/licences/* 2>/dev/null | sort -u >"$log.common"
    [ -s "$log.common" ] || return 1
    while read -r licence; do
        [ -s "$doc/licences/common/${licence##*/}" ] ||
            { echo "no $licence"; return 1; }
    done <"$log.common"
}

check "in $suite: programs find the C library and their own" own_libraries
check "in $suite: real media is sealed and opened" use
sed 's/^/# /' "$log"
check 'manual pages, completion and schemas are there' complete
check 'all licences are there, and where all sources are' licensed
check 'probing too' offline "$root" "$place/bin/ffprobe" -v error \
    /tmp/clip.mp4
rm -rf "$root"
end
