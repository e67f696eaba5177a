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


# The meeting of tests/tool/crowd-meeting.sh for a day, or as much of it as
# there is time for: the counts come out even, and memory stays what it was.

set -u

top=${top_srcdir:?}
seconds=$((86400 * SOAK_MINUTES / 120))
[ $seconds -le 86400 ] || seconds=86400
[ $seconds -ge 1800 ] || seconds=1800 # until all slots of the key rings are full

sh "$top/tests/tool/crowd-meeting.sh" . $seconds 200 || exit

# kB resident, once a second.
watch() { # PID
    while kill -0 "$1" 2>/dev/null; do
        awk '/^VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null
        sleep 1
    done
}

# Each without and with SRTP: what it refuses, the filters never see.
for srtp in none AEAD_AES_128_GCM; do
    start=$(date +%s)
    "$E2EE_MEETING" run crowd.json --srtp $srtp --verify open --frames none \
        -v error -o report.json --progress progress &
    meeting=$!
    watch $meeting >memory &
    wait $meeting || exit
    echo "$seconds s of a meeting of 200, SRTP $srtp:" \
         "$(($(date +%s) - start)) s"
    wait
    "${top_builddir:?}/tests/tool/balance" report.json || exit
    # The first quarter fills pools and key rings.
    awk '{ kb[NR] = $1 }
         END { begin = kb[int(NR / 4) + 1]; end = kb[NR]
               printf "memory after a quarter %d kB, at the end %d kB\n",
                      begin, end
               exit !(NR > 20 && end < 1.1 * begin) }' memory || exit
    rm -f report.json
done
