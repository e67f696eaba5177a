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

# What quickstart, build-ffmpeg and make-patches say and do without a
# build: wrong use, a source that is not there or does not fit, and the
# patch series.

top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top/tests/tap.sh"
unset FFMPEG_SOURCE
versions='5.1 7.1 9.0'

# says STATUS TEXT COMMAND...: ends so, with the text in its one line.
says() {
    expected=$1
    text=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    cat "$work/out" "$work/err"
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected"
        return 1
    }
    grep -qF -e "$text" "$work/err"
}

build_ffmpeg() {
    says "$@" --build "$work/build" --prefix "$work/prefix"
}

# A tree that has nothing of what the hooks look for.
fake_tree() { # RELEASE
    rm -rf "$work/tree" "$work/build"
    mkdir -p "$work/tree/libavcodec"
    echo "$1" >"$work/tree/RELEASE"
    echo 'nothing' >"$work/tree/configure"
    echo 'nothing' >"$work/tree/libavcodec/Makefile"
    echo 'nothing' >"$work/tree/libavcodec/bitstream_filters.c"
}

same_twice() {
    for version in $versions; do
        sh "$top/tools/make-patches" "$version" "$work/once/$version" &&
            sh "$top/tools/make-patches" "$version" "$work/twice/$version" ||
            return 1
    done
    diff -r "$work/once" "$work/twice"
}

# What FATE expects of FFmpeg's own bytes, in whatever series a release gets.
expected_of() { # VERSION [RELEASE]
    rm -rf "$work/expected"
    sh "$top/tools/make-patches" "$1" "$work/expected" ${2+"$2"} &&
        sed -n '/^+++.*tests\/ref/,$p' "$work"/expected/*-fate.patch \
            >"$work/out"
}

expects_as_nearest() {
    expected_of 7.1 && mv "$work/out" "$work/older" &&
        expected_of 9.0 && mv "$work/out" "$work/newer" || return 1
    if cmp -s "$work/older" "$work/newer"; then
        echo 'they are all alike'
        return 1
    fi
    expected_of 9.0 8.1.2 && cmp "$work/older" "$work/out" &&
        expected_of 9.0 9.0.2 && cmp "$work/newer" "$work/out" &&
        expected_of 9.0 unknown && cmp "$work/newer" "$work/out"
}

# What a file of ours is called in FFmpeg.
theirs() { # VERSION FILE
    case $1 in
    5.*) basename "$2" ;;
    *) basename "$2" | sed 's/\(crypt\)_bsf\./\1./' ;;
    esac
}

# Every file of ours is in each series, whole.
complete() {
    for version in $versions; do
        for file in "$top"/libavcodec-bsf/*.[ch] "$top/tests/fate/e2ee.mak"
        do
            lines=$(wc -l <"$file")
            cat "$work/once/$version"/*.patch |
                grep -A1 "^+++ b/.*/$(theirs "$version" "$file")\$" |
                grep -qxF -e "@@ -0,0 +1,$lines @@" || {
                echo "$file is not in the series of $version"
                return 1
            }
        done
    done
}

no_placeholders() {
    ! grep -rn '@E2EE_' "$work/once"
}

objects_listed() {
    for file in "$top"/libavcodec-bsf/*.c; do
        for version in $versions; do
            object=$(theirs "$version" "${file%.c}.o")
            cat "$work/once/$version"/*.patch | grep -q "^+.*[ /]$object" || {
                echo "no make rule for $object in the series of $version"
                return 1
            }
        done
    done
}

signed_off() {
    for patch in "$work/once"/*/*.patch; do
        subject=$(sed -n 's|^Subject: \[PATCH [0-9]/[0-9]\] ||p' "$patch")
        echo "$patch: $subject"
        echo "$subject" | grep -qE '^[A-Za-z0-9_/]+: [a-z].{1,60}[^.]$' ||
            return 1
        sed '/^---$/q' "$patch" | grep -q '^Signed-off-by: .* <.*@.*>$' ||
            return 1
    done
}

# A header's guard is named by its path, or FFmpeg's FATE fails.
guards() {
    cat "$work/once/5.1"/*.patch | grep -q '^+#define AVCODEC_E2EE_AEAD_H$' &&
        cat "$work/once/7.1"/*.patch |
        grep -q '^+#define AVCODEC_BSF_E2EE_AEAD_H$'
}

# A release between the named ones, with the lines that the hooks want.
other_tree() { # RELEASE VERSION
    fake_tree "$1"
    rm -r "$work/tree/libavcodec"
    for patch in "$work/once/$2"/*.patch; do
        case $patch in
        *-maintainers.patch | *-version.patch) continue ;;
        esac
        awk -v tree="$work/tree" '
            /^--- a\// { file = tree "/" substr($2, 3) }
            /^--- \/dev/ { file = "" }
            /^@@/ { hunk = 1; next }
            /^diff/ { hunk = 0 }
            hunk && file && /^[ -]/ { print file "\t" substr($0, 2) }
        ' "$patch"
    done | while IFS=$(printf '\t') read -r file line; do
        mkdir -p "$(dirname "$file")"
        printf '%s\n' "$line" >>"$file"
    done
}

fit_is() { # VERSION
    sh "$top/tools/make-patches" --fit "$work/tree" >"$work/out" &&
        [ "$(cat "$work/out")" = "$1" ]
}

# What debian-ffmpeg-patches looks for in Debian's package.
debian_tree() { # VERSION
    other_tree "$1.9" "$1"
    mkdir -p "$work/tree/debian/source"
    echo '3.0 (quilt)' >"$work/tree/debian/source/format"
    printf '%s\n' 'Source: ffmpeg' 'Build-Depends:' ' libgme-dev,' \
        >"$work/tree/debian/control"
    printf 'CONFIG := --prefix=/usr \\\n\t--enable-gnutls \\\n' \
        >"$work/tree/debian/rules"
}

debian_patches() {
    says "$1" "$2" sh "$top/tools/debian-ffmpeg-patches" "$work/tree"
}

# Also after Debian's own patches, and twice is the same as once.
debian_added() { # VERSION
    debian_tree "$1"
    mkdir "$work/tree/debian/patches"
    echo 'own.patch' >"$work/tree/debian/patches/series"
    for run in once again; do
        rm -rf "$work/debian-$run"
        sh "$top/tools/debian-ffmpeg-patches" "$work/tree" || return 1
        cp -r "$work/tree/debian" "$work/debian-$run"
    done
    diff -r "$work/debian-once" "$work/debian-again" || return 1
    cd "$work/tree/debian" || return 1
    cat patches/series control rules
    [ "$(cat patches/series)" = "own.patch
e2ee-0001-core.patch
e2ee-0002-filters.patch
e2ee-0003-fate.patch
e2ee-0004-fuzzer.patch$([ "$1" = 5.1 ] || printf '\ne2ee-0005-vp8.patch')" ] &&
        grep -B1 -x ' libgme-dev,' control | grep -qx ' libgcrypt20-dev,' &&
        grep -B1 -e '--enable-gnutls' rules | grep -qe '--enable-gcrypt' &&
        cmp patches/e2ee-0001-core.patch "$work/once/$1/0001-core.patch"
}

debian_applied() {
    mkdir -p "$work/tree/.pc"
    echo 'e2ee-0001-core.patch' >"$work/tree/.pc/applied-patches"
    debian_patches 2 'first run quilt pop -a'
}

debian_rules_moved() {
    debian_tree 7.1
    echo 'nothing' >"$work/tree/debian/rules"
    debian_patches 2 "rules has no line '--enable-gnutls"
}

check 'quickstart names an unknown argument' \
    says 2 "unknown argument 'frobnicate'" sh "$top/quickstart" frobnicate
check 'build-ffmpeg names an unknown argument' \
    says 2 'unknown argument --frobnicate' \
    sh "$top/tools/build-ffmpeg" --frobnicate
check 'build-ffmpeg names an unknown version' \
    says 2 "no patches for FFmpeg '6.0'" \
    sh "$top/tools/build-ffmpeg" --version 6.0
check 'build-ffmpeg wants a number of jobs' \
    says 2 "not 'many'" sh "$top/tools/build-ffmpeg" --jobs many
check 'a source that is not there has a status of its own' \
    build_ffmpeg 3 'does not exist' sh "$top/tools/build-ffmpeg" \
    --version 7.1 --source "$work/nowhere"
fake_tree 6.1.2
check 'a source of another version is named' \
    build_ffmpeg 4 'is FFmpeg 6.1.2, but 7.1 is asked for' \
    sh "$top/tools/build-ffmpeg" --version 7.1 --source "$work/tree"
fake_tree 7.1.99
check 'a patch that does not fit is named, with the release' \
    build_ffmpeg 4 'patches/7.1/0001-core.patch does not fit FFmpeg 7.1.99' \
    sh "$top/tools/build-ffmpeg" --version 7.1 --source "$work/tree"
fake_tree 6.1.2
check 'a source that no patch fits is named, with the nearest' \
    build_ffmpeg 4 'no series fits FFmpeg 6.1.2; of the nearest, patches/7.1' \
    sh "$top/tools/build-ffmpeg" --source "$work/tree"
check 'a space in the path is refused' \
    says 1 "breaks FFmpeg's build" sh "$top/tools/build-ffmpeg" \
    --build "$work/a b"
check 'make-patches names the versions there are' \
    says 2 '5.1 7.1 9.0' sh "$top/tools/make-patches" 6.0 "$work/once"
check 'the series are the same each time' same_twice
check 'FATE expects what the release gives, not what the series is for' \
    expects_as_nearest
check 'every file is in the series, whole' complete
check 'every file has a make rule' objects_listed
check 'messages are in the manner of FFmpeg, and signed off' signed_off
check 'include guards are named by the path' guards
for release in 8.1.2/9.0 9.1.git/9.0 unknown/9.0 6.1/5.1; do
    other_tree "${release%/*}" "${release#*/}"
    check "FFmpeg ${release%/*} gets the patches that fit" \
        fit_is "${release#*/}"
done
for version in 5.1 7.1; do
    check "Debian's source package of FFmpeg $version gets the series" \
        debian_added $version
done
check 'patches that quilt has applied are left alone' debian_applied
check 'a package whose rules are others is refused' debian_rules_moved
fake_tree 7.1.9
check 'a tree that is no source package is refused' \
    debian_patches 2 'is not an unpacked source package of ffmpeg'
check 'no placeholder is left' no_placeholders
finish
