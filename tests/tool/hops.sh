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

# What is written of each hop and of what everybody saw; the same seed gives
# the same bytes on every hop, whatever the number of threads.

top=$(cd "${top_srcdir:-.}" && pwd)
. "$top/tests/tool/common.sh"

twice() { # SCENARIO
    meeting 0 "$1" --threads 1 -o one.json --pcap one.pcap &&
        meeting 0 "$1" --threads 3 -o three.json --pcap three.pcap &&
        cmp one.json three.json && cmp one.pcap three.pcap
}

another_seed() { # SCENARIO
    "$E2EE_MEETING" run "$1" --seed 7 --pcap other.pcap >out 2>err </dev/null
    test -s other.pcap && ! cmp -s one.pcap other.pcap
}

# pcap with microseconds, in this order of bytes or the other, and its SDP.
captured() { # HOP
    head -c 4 "hops/$1.pcap" | od -An -tx1 |
        grep -qE "d4 c3 b2 a1|a1 b2 c3 d4" &&
        grep -q '^m=' "hops/$1.pcap.sdp"
}

plays() { # FILE: from its begin to its end
    "$FFMPEG" -v error -i "$1" -f null - 2>&1 </dev/null | grep . && return 1
    test -s "$1"
}

check 'lossy-room, twice the same' twice "$top/tools/scenarios/lossy-room.json"
check 'another seed, other bytes' another_seed \
    "$top/tools/scenarios/lossy-room.json"

mkdir hops
check 'what everybody saw, and each hop' meeting 0 \
    "$top/tools/scenarios/lossy-room.json" --save seen --save-sealed \
    --pcap hops --rtpdump dumps
check 'pictures play' plays seen/bob-alice-video-0.webm
check 'sound plays' plays seen/carol-bob-audio-2.webm
check 'what is sealed is kept as well' test -s seen/bob-alice-video-0-sealed.nut
check 'but it is not what was seen' test -z "$(
    "$FFMPEG" -v quiet -i seen/bob-alice-video-0-sealed.nut -f md5 - </dev/null |
        grep -F "$("$FFMPEG" -v quiet -i seen/bob-alice-video-0.webm -f md5 - \
            </dev/null)")"
check 'a hop up' captured alice-up
check 'a hop down' captured carol-down
check 'as rtpdump' grep -aq '^#!rtpplay1.0 ' dumps/carol-down.rtpdump
check 'no key in any of it' test -z "$(grep -rlaE '"(secret|digest)"' seen \
    hops dumps one.json)"

# Video that no SFU can read goes as SFrame's payload format.
cat >sframe.json <<'END'
{"scheme": "sframe", "duration": 2, "participants": [
  {"name": "a", "tracks": [
    {"kind": "video", "generate": "testsrc2=size=160x120:rate=15"},
    {"kind": "audio", "generate": "sine"}]},
  {"name": "b"}]}
END
check 'SFrame' twice sframe.json

# Any codec that this FFmpeg can send.
for codec in vp8 vp9 h264; do
    cat >codec.json <<END
{"duration": 2, "network": [{"delay": 0.02, "loss": "3%"}], "participants": [
  {"name": "a", "tracks": [{"kind": "video", "codec": "$codec",
    "generate": "testsrc2=size=160x120:rate=15"}]},
  {"name": "b"}],
 "expect": [{"opened": "80%", "identical": "100%"}]}
END
    check "$codec" twice codec.json
done

finish
