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

# The core's tests under valgrind: libgcrypt cannot be built for
# MemorySanitizer in passing.

set -eu

top=${top_srcdir:?}
command -v valgrind >/dev/null || { echo 'no valgrind'; exit 77; }
"$top/configure" --without-ffmpeg >&2
make -j"$(getconf _NPROCESSORS_ONLN)" >&2
CK_TIMEOUT_MULTIPLIER=100
VALGRIND_OPTS='-q --error-exitcode=99 --leak-check=no'
export CK_TIMEOUT_MULTIPLIER VALGRIND_OPTS
status=0
# Within the tests' own processes; leaks are the sanitizers' part.
# shellcheck disable=SC2016 # for make
make -j"$(getconf _NPROCESSORS_ONLN)" check TESTS='$(check_PROGRAMS)' \
    LOG_COMPILER=valgrind >check.log 2>&1 || status=1
cat check.log >&2
grep -E '^# (TOTAL|PASS|SKIP|FAIL|ERROR):|^(FAIL|ERROR):' check.log
exit $status
