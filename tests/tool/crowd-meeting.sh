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


# crowd.sh FOLDER SECONDS PEOPLE: a meeting on a bad network that tests of load
# hold: its media, and its scenario as FOLDER/crowd.json. One sends, everybody
# receives; the room's key changes every minute. Some come late, leave early,
# have no key or another one, or get a key too late. Needs FFMPEG.

set -eu

folder=$1 seconds=$2 people=$3
first_minutes=$((seconds < 600 ? seconds : 600))

make_media() { # FILE ARGUMENT...
    file=$1
    shift
    "${FFMPEG:-ffmpeg}" -nostdin -v error -y "$@" "$folder/$file"
}

# A picture a second, and sound at the pace of silence (RFC 6716, 2.1.9).
make_media picture.webm -f lavfi -i testsrc2=size=32x32:rate=1 -t 60 \
    -pix_fmt yuv420p -c:v libvpx -deadline realtime -cpu-used -8 \
    -lag-in-frames 0 -auto-alt-ref 0 -b:v 8k -g 10
make_media dense.webm -f lavfi -i anoisesrc=amplitude=0.02,aformat=s16 -t 60 \
    -c:a libopus -b:a 6k -frame_duration 120
make_media voice.webm -i "$folder/dense.webm" -c copy \
    -bsf setts=pts=4*PTS:dts=4*DTS

{
    cat <<SCENARIO
{
  "name": "a crowd on a bad network",
  "duration": $seconds,
  "srtp": "AEAD_AES_128_GCM",
  "network": {"delay": "40ms", "jitter": "10ms", "loss": "30%",
    "reorder": "5%", "duplicate": "5%", "corrupt": "2%"},
  "participants": [
    {"name": "alice", "tracks": [
      {"kind": "video", "file": "picture.webm", "codec": "copy",
       "loop": true, "to": $first_minutes},
      {"kind": "audio", "file": "voice.webm", "codec": "copy", "loop": true}
    ]},
    {"name": "guest", "count": $((people - 9))},
    {"name": "early", "leave": $((seconds * 3 / 4))},
    {"name": "late", "join": $((seconds / 4))},
    {"name": "keyless", "count": 2, "key": "none"},
    {"name": "stranger", "count": 2, "key": "wrong"},
    {"name": "wired", "count": 2, "network": {"delay": "20ms"}}
  ],
  "server": [
    {"do": "tamper", "share": "0.2%"},
    {"do": "replay", "share": "1%", "receiver": "guest1"},
    {"do": "drop", "share": "1%", "receiver": "guest2"}
  ],
  "keys": [
SCENARIO
    minute=1
    while [ $((minute * 60)) -lt "$seconds" ]; do
        [ $minute -eq 1 ] || echo ','
        printf '    {"at": %d, "do": "set", "index": %d, %s}' \
            $((minute * 60)) $((minute % 16)) '"delays": {"guest3": "2s"}'
        minute=$((minute + 1))
    done
    cat <<'SCENARIO'

  ],
  "expect": {
    "receiver": ["keyless1", "keyless2", "stranger1", "stranger2"],
    "never_opens": true
  }
}
SCENARIO
} >"$folder/crowd.json"
