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


# packages.sh SUITE DIRECTORY [PROFILE]: builds the Debian packages of the
# source package in the directory, in a clean root of the suite without a
# network, and puts them to the test in another: installed beside the
# distribution's FFmpeg, used, upgraded, removed and purged.

top=$(cd "$(dirname "$0")/../.." && pwd)
suite=$1
source=$2
profile=${3-}
. "$top/tests/packages/root.sh"
log=$roots/packages-$suite.log

need_roots
find_media
dsc=$(find "$source" -maxdepth 1 -name 'ffmpeg-e2ee_*.dsc' | sort -V |
      tail -n 1)
[ -n "$dsc" ] || die "no source package in $source: make deb \
DEB_FLAGS=--source-only"
version=$(sed -n 's/^Version: //p' "$dsc")

# --- built --------------------------------------------------------------

base=$(base_root "$suite") || unable "no clean root of $suite could be made"
needed=$(sed -n 's/^Build-Depends: //p' "$dsc" | tr ',' '\n' |
         sed 's/^ *//; s/ .*//; /^debhelper-compat$/d' | tr '\n' ' ')
builder=$(derived_root "$suite-build" "$base" "build-essential ca-certificates \
debhelper lintian ${CCACHE_DIR+ccache} $needed") ||
    unable 'what to build with could not be installed'
rm -rf "$builder/src"
mkdir "$builder/src"
cp "$dsc" "${dsc%-*.dsc}".orig*.tar.xz "${dsc%.dsc}".debian.tar.xz \
    "$builder/src/"

# shellcheck disable=SC2016 # expanded inside
build() {
    offline "$builder" sh -ec '
        cd /src
        dpkg-source -x ./*.dsc tree
        cd tree
        DEB_BUILD_OPTIONS=$1 DEB_BUILD_PROFILES=$2 \
            dpkg-buildpackage -b -us -uc' \
        build "nocheck parallel=$(getconf _NPROCESSORS_ONLN)" "$profile"
}
start=$(date +%s)
check "the packages are built in $suite, without a network" build
cp "$log" "${log%.log}-build.log"
echo "# built in $(($(date +%s) - start)) s"
[ $failed -eq 0 ] || { end; exit 1; }

debs="e2ee-meeting_${version}_$(dpkg --print-architecture).deb \
ffmpeg-e2ee_${version}_$(dpkg --print-architecture).deb"
(cd "$builder/src" && du -k -- *.deb | sed 's/^/# KiB: /')

# The distribution is not named before a release is.
style() {
    offline "$builder" sh -c 'cd /src && lintian --allow-root \
        --fail-on error,warning --suppress-tags unreleased-changes \
        ./*.changes'
}
check 'lintian has no errors and no warnings' style
sed 's/^/# /' "$log"

# --- used ---------------------------------------------------------------

needed=$(cd "$builder/src" && for deb in $debs; do
             dpkg-deb -f "$deb" Depends
         done | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort -u | tr '\n' ' ')
user=$(derived_root "$suite-user" "$base" "ffmpeg $needed") ||
    unable 'the distribution'\''s ffmpeg could not be installed'
root=$roots/$suite-test
rm -rf "$root"
cp -a "$user" "$root"
put_media "$root"
for deb in $debs; do
    cp "$builder/src/$deb" "$root/tmp/"
done

# Every file with what it is, but what dpkg and the linker write down anew.
# shellcheck disable=SC2016 # expanded inside
snapshot() { # NAME
    offline "$root" sh -ec '
        find / \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \
                  -o -path /run \) -prune -o \
            -printf "%y %m %u %g %p %l\n" | sort
        find / \( -path /proc -o -path /sys -o -path /dev -o -path /tmp \
                  -o -path /run -o -path /var/log -o -path /var/cache \
                  -o -path "/var/lib/dpkg/*" -o -path /etc/ld.so.cache \
               \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
        dpkg-query -W -f "\${Package} \${Version} \${db:Status-Abbrev}\n"
        ' >"$roots/$suite-$1"
}

nothing_lost() { # all that was there is there and is the same
    sort "$roots/$suite-before" >"$roots/$suite-a"
    sort "$roots/$suite-installed" >"$roots/$suite-b"
    comm -23 "$roots/$suite-a" "$roots/$suite-b" >"$roots/$suite-lost"
    cat "$roots/$suite-lost"
    [ -s "$roots/$suite-before" ] && [ ! -s "$roots/$suite-lost" ]
}

in_place() {
    for file in /usr/bin/e2ee-meeting /usr/bin/ffmpeg-e2ee \
        /usr/bin/ffprobe-e2ee /usr/share/man/man1/e2ee-meeting.1.gz \
        /usr/share/man/man5/e2ee-meeting-scenario.5.gz \
        /usr/share/man/man1/ffmpeg-e2ee.1.gz \
        /usr/share/man/man1/ffprobe-e2ee.1.gz \
        /usr/share/bash-completion/completions/e2ee-meeting.bash \
        /usr/share/ffmpeg-e2ee/schemas/report.schema.json \
        /usr/share/ffmpeg-e2ee/schemas/scenario.schema.json; do
        offline "$root" test -s "$file" || { echo "no $file"; return 1; }
    done
    [ -n "$profile" ] || offline "$root" sh -c 'zcat \
        /usr/share/man/man1/ffmpeg-e2ee-bitstream-filters.1.gz |
        grep -q e2ee_encrypt'
}

# With the command line of its own, nothing of ours in it.
distributions_own() {
    offline "$root" sh -c '
        ! ffmpeg -v error -bsfs | grep e2ee &&
        ffmpeg -nostdin -v error -i /tmp/clip.mp4 -frames:v 5 -f null - &&
        ! ldd /usr/bin/ffmpeg | grep e2ee &&
        ! ldd /usr/bin/ffmpeg-e2ee | grep -E "lib(av|sw|postproc)[a-z]*\\.so"'
}

use() {
    offline "$root" sh /tmp/seal-and-open /tmp/clip.mp4 /tmp/speech.wav
}

# The same files under the version that would come next.
next_version() {
    for deb in $debs; do
        rm -rf "$root/tmp/next"
        dpkg-deb -R "$root/tmp/$deb" "$root/tmp/next"
        sed -i "s/^Version: .*/&+1/" "$root/tmp/next/DEBIAN/control"
        dpkg-deb --root-owner-group -b "$root/tmp/next" \
            "$root/tmp/next-${deb%%_*}.deb" || return 1
    done
}

# shellcheck disable=SC2016 # dpkg-query's own
upgrade() {
    next_version &&
        offline "$root" sh -c 'dpkg -i /tmp/next-*.deb' &&
        [ "$(offline "$root" dpkg-query -W -f '${Version} ' e2ee-meeting \
             ffmpeg-e2ee)" = "$version+1 $version+1 " ]
}

nothing_left() {
    snapshot after
    diff "$roots/$suite-before" "$roots/$suite-after"
}

snapshot before
check 'they install' offline "$root" sh -c "cd /tmp && dpkg -i $debs"
snapshot installed
check 'no file of another package is touched' nothing_lost
check 'manual pages, completion and schemas are in place' in_place
check "the distribution's ffmpeg has nothing of them" distributions_own
check 'real media is sealed and opened' use
sed 's/^/# /' "$log"
check 'they are upgraded' upgrade
check 'real media is sealed and opened after that' use
check 'they are removed' offline "$root" dpkg -r e2ee-meeting ffmpeg-e2ee
check 'they are purged' offline "$root" dpkg -P e2ee-meeting ffmpeg-e2ee
check 'nothing is left behind' nothing_left
rm -rf "$root"
end
