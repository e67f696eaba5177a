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

# What uses threads, with ThreadSanitizer. FFmpeg's libraries are not built
# with it: races within them are not seen.

top=${top_srcdir:?}
"$top/configure" --enable-thread-sanitizer >&2 &&
    make -j"$(getconf _NPROCESSORS_ONLN)" >&2 || exit 1
CK_TIMEOUT_MULTIPLIER=10
export CK_TIMEOUT_MULTIPLIER
make check TESTS='tests/filters/check_filters_nonces tests/core/check_nonce
    tests/tool/check_room tests/core/check_self_test' >check.log 2>&1
status=$?
cat check.log >&2
grep -E '^# (TOTAL|PASS|SKIP|FAIL|ERROR):|^(FAIL|ERROR):' check.log
exit $status
