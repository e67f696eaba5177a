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

# What the hardened build that is the default gives, seen in what was built.

. "${top_srcdir:-.}/tests/tap.sh"
build=${top_builddir:-.}

shows() { # OPTION PATTERN
    readelf -W "$1" "$build/$program" | grep -Eq -e "$2"
}

shows_not() {
    readelf -W "$1" "$build/$program" >/dev/null && ! shows "$@"
}

# Of each object of the core: a processor that knows it checks jumps.
has_cet() {
    objects=$(readelf -h "$build/libe2ee.a" | grep -c '^File:')
    noted=$(readelf -nW "$build/libe2ee.a" | grep -c 'IBT, SHSTK')
    [ "$objects" -gt 30 ] && [ "$objects" -eq "$noted" ]
}

command -v readelf >/dev/null || skip_all 'no readelf'
programs=
for program in tools/e2ee-meeting tests/core/check_aead tests/core/check_keyfile; do
    [ ! -f "$build/$program" ] || programs="$programs $program"
done
[ -n "$programs" ] || skip_all 'nothing was built'
for program in $programs; do
    ! shows -s '__(asan|tsan)_init|__gcov_' ||
        skip_all 'built with a sanitizer or for coverage, not hardened'
    check "$program: position independent" shows -h 'Type: +DYN'
    check "$program: relocations read-only" shows -l ' GNU_RELRO '
    check "$program: bound at start" shows -d 'FLAGS.* NOW'
    check "$program: no executable stack" shows -l ' GNU_STACK .* RW +0x'
    check "$program: no relocations in the text" shows_not -d 'TEXTREL'
    check "$program: no search path of its own" shows_not -d 'RPATH|RUNPATH'
    check "$program: stack protector" shows -s '__stack_chk_fail'
    check "$program: checked functions of libc" shows -s '__[a-z]*_chk@'
done
if [ "$(uname -m)" = x86_64 ]; then
    program=libe2ee.a
    check "$program: control-flow enforcement" has_cet
fi
finish
