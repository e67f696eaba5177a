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

# Every call fails once, and hundreds of signals at points of another seed.

set -eu

top=${top_srcdir:?}
make -s -C "${top_builddir:?}" tests/faults/interpose.so >&2
FAULT_SEED=$(date +%s)
echo "seed $FAULT_SEED"
export FAULT_SEED
FAULT_STEP=1 sh "$top/tests/tool/faults.sh" >faults.tap || :
grep '^#' faults.tap | head -n 100
if [ "$(tail -n 1 faults.tap | cut -c1-3)" != 1.. ] ||
   grep -q '^not ok' faults.tap; then
    exit 1
fi
