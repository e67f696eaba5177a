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


# reproducible.sh BUILD: the tarball of a configured build has the same bytes
# when it is made again, and when it is made of itself; built in two
# directories it gives the same objects, libraries and programs. FFmpeg's are
# one and the same for both. Takes some minutes; for .ci/run.

set -eu

build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
version=$(sed -n 's/^AC_INIT(\[[^]]*\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
name=ffmpeg-e2ee-$version
jobs=$(getconf _NPROCESSORS_ONLN)
# Its answer would be the first build's.
CCACHE_DISABLE=1
SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null ||
                    date -r "$top/configure.ac" +%s)
export CCACHE_DISABLE SOURCE_DATE_EPOCH
prefix=$(sed -n 's/^FFMPEG_PREFIX = //p' "$build/Makefile")
PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

dist() { # DIRECTORY NUMBER
    make -s -C "$1" dist >"$work/dist-$2.log" 2>&1 || {
        tail -n 20 "$work/dist-$2.log"
        exit 1
    }
    mv "$1/$name.tar.xz" "$work/$2.tar.xz"
}

same() { # FILE FILE
    cmp "$1" "$2" && echo "the same: ${1##*/} ${2##*/}"
}

unpack() { # DIRECTORY: and configure there
    mkdir -p "$work/$1"
    tar -xf "$work/1.tar.xz" -C "$work/$1"
    mkdir "$work/$1/$name/build-here"
    (cd "$work/$1/$name/build-here" && ../configure -q) \
        >"$work/configure.log" 2>&1 || {
        tail -n 20 "$work/configure.log"
        exit 1
    }
}

compile() { # DIRECTORY
    make -s -j"$jobs" -C "$work/$1/$name/build-here" >"$work/make.log" 2>&1 || {
        tail -n 20 "$work/make.log"
        exit 1
    }
    (cd "$work/$1/$name/build-here" &&
     find . \( -name '*.o' -o -name '*.a' -o -type f -perm -u+x \
               ! -name '*.status' ! -name libtool \) -exec sha256sum {} + |
     sort -k 2) >"$work/$1.sums"
}

dist "$build" 1
(umask 077 && TZ=Asia/Tokyo LC_ALL=C && export TZ LC_ALL && dist "$build" 2)
same "$work/1.tar.xz" "$work/2.tar.xz"
unpack one
unpack two-with-a-longer-name
dist "$work/one/$name/build-here" 3
same "$work/1.tar.xz" "$work/3.tar.xz"

compile one
compile two-with-a-longer-name
diff "$work/one.sums" "$work/two-with-a-longer-name.sums"
[ "$(wc -l <"$work/one.sums")" -gt 100 ]
echo "the same: $(wc -l <"$work/one.sums") objects, libraries and programs"
