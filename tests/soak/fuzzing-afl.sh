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

# The fuzz targets of the core under AFL++.

set -eu

top=${top_srcdir:?}
command -v afl-clang-fast >/dev/null || { echo 'no AFL++'; exit 77; }
AFL_QUIET=1
export AFL_QUIET
"$top/configure" CC=afl-clang-fast --without-ffmpeg --enable-fuzzing >&2
jobs=$(getconf _NPROCESSORS_ONLN)
make -j"$jobs" >&2
targets=$(find tests/fuzz -type f -name 'fuzz_*' -perm -u+x | sort)
# shellcheck disable=SC2086 # a list of files
FUZZ_JOBS=$jobs FUZZ_MINUTES=$SOAK_MINUTES sh "$top/tests/fuzz/run" $targets
