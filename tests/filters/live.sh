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

# Calls between ffmpeg and a real browser, on the loopback of a network
# namespace of their own: see tests/peers/live.mjs.

: "${top_srcdir:=.}"
. "$top_srcdir/tests/tap.sh"
E2EE_PEERS=${E2EE_PEERS:-$top_srcdir/build/peers}
FFMPEG=${FFMPEG:-$top_srcdir/build/bin/ffmpeg}
export top_srcdir E2EE_PEERS FFMPEG

command -v node >/dev/null || skip_all 'Node.js is not there'
command -v chromium >/dev/null || skip_all 'Chromium is not there'
command -v ip >/dev/null || skip_all 'ip is not there (iproute2)'
[ -d "$E2EE_PEERS/node_modules/werift" ] ||
    skip_all 'no WebRTC peer; ./quickstart check fetches it'
unshare -n true 2>/dev/null ||
    skip_all 'a network namespace of its own needs root'

# FFmpeg 8.0 and later publish by WHIP.
for ffmpeg in "$FFMPEG" "$top_srcdir"/build/ffmpeg-9.0/install/bin/ffmpeg; do
    if [ -x "$ffmpeg" ] && "$ffmpeg" -v quiet -h muxer=whip | grep -q WHIP; then
        FFMPEG_WHIP=$ffmpeg
        export FFMPEG_WHIP
    fi
done

# shellcheck disable=SC2016 # expanded inside
unshare -n sh -c 'ip link set lo up && exec node "$1"' live \
    "$top_srcdir/tests/peers/live.mjs"
