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


# Frames that a server sends a second time: a capture of them opens without
# the repeats where the scheme has a memory for it, and the tool names them;
# elsewhere they open, and lint names them.

top=$(cd "${top_srcdir:-.}" && pwd)
. "$top/tests/tool/common.sh"

cat >replays.json <<'END'
{"duration": 4,
 "participants": [
  {"name": "alice", "tracks": [
   {"kind": "audio", "codec": "opus", "bitrate": "24kbit"}]},
  {"name": "bob"}],
 "server": [{"do": "replay", "from": 1, "to": 3, "share": "50%"}]}
END
printf '0:hex:%s\n' 000102030405060708090a0b0c0d0e0f >room.key
chmod 600 room.key

# How many frames came once more, by what the meeting itself tells.
repeats() {
    sed -n "s/^bob got \([0-9]*\) of alice's audio frames once more.*/\1/p" out
}

replayed() { # SCHEME STATUS: bob's side as a capture
    rm -rf hops
    mkdir hops
    meeting "$2" replays.json --scheme "$1" --key-file room.key --srtp none \
        --pcap hops/ && nb_repeats=$(repeats) && [ "$nb_repeats" -gt 10 ]
}

open_capture() { # SCHEME ARGUMENT...
    scheme=$1
    shift
    "$E2EE_MEETING" open --scheme "$scheme" --key-file room.key "$@" \
        --json open.json -o open.mkv hops/bob-down.pcap >out 2>err </dev/null
}

# All refused are repeats, and all repeats are refused.
told() { # SCHEME ARGUMENT...
    open_capture "$@"
    [ $? -eq 1 ] &&
        grep -q "^$nb_repeats of .* did not open: $nb_repeats Decr" out &&
        grep -q '^replayed$' out &&
        grep -q '"reason": *"replayed"' open.json
}

all_open() { # SCHEME
    open_capture "$1" && ! grep -q replayed out err
}

noted() {
    "$E2EE_MEETING" lint hops/bob-down.pcap >out 2>err </dev/null &&
        grep -q "nonce-repeat, $nb_repeats frames" out
}

for scheme in dave sframe stream; do
    set --
    [ $scheme != sframe ] || set -- --sframe --map 111=opus/48000
    check "$scheme: a meeting with repeats" replayed $scheme 0
    check "$scheme: they are told" told $scheme "$@"
done
for scheme in jitsi livekit videosdk; do
    check "$scheme: a meeting with repeats" replayed $scheme 1
    check "$scheme: it has no memory for them" all_open $scheme
    check "$scheme: lint notes them" noted
done

finish
