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

# The test of IVs, 20 million frames at a time, for as long as there is.

set -eu

make -s -C "${top_builddir:?}" tests/filters/check_filters_nonces >&2
program=$top_builddir/tests/filters/check_filters_nonces
end=$(($(date +%s) + 60 * SOAK_MINUTES))
rounds=0
now=0
while [ "$now" -lt $end ]; do
    E2EE_NONCE_FRAMES=20000000 CK_VERBOSITY=silent "$program" >figures
    awk '/ frames$/ { n += $(NF - 1) } END { print n }' figures >>frames
    rounds=$((rounds + 1))
    now=$(date +%s)
done
awk -v rounds=$rounds '{ n += $1 }
    END { print rounds, "rounds,", n, "frames, no pair twice" }' frames
