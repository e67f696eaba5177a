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

# What probe says of sealed files: the right answer where a key opens them,
# the right reason where none does, and an option string that works as it is.

. "${top_srcdir:-.}/tests/tool/common.sh"

captures=${top_srcdir:-.}/../shared/captures
umask 077

probe() { # STATUS ARGUMENT...: output in out and err, report.json
    expected=$1
    shift
    "$E2EE_MEETING" probe --json report.json "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: e2ee-meeting probe $*"
        return 1
    }
}

told() { # NAME...: each is among the findings, in both reports
    for name in "$@"; do
        grep -Eq "^  (certain|likely) +$name: " out &&
            grep -q "\"name\": \"$name\"" report.json || return 1
    done
}

not_told() {
    ! grep -Eq "^  (certain|likely) +$1: " out
}

says() { # TEXT: wherever its lines are broken
    tr -s ' \n' '  ' <out | grep -qF -e "$1"
}

# The string as it is printed, taken by ffmpeg through a shell, gives the
# packets that were sealed.
pastes() { # SEALED PLAIN
    filter=$(sed -n 's/^  opens by  -bsf //p' out | head -n 1)
    eval "\"\$FFMPEG\" -nostdin -v error -y -i \"\$1\" -c copy \
        -bsf $filter -f framehash opened" || return 1
    "$FFMPEG" -nostdin -v error -y -i "$2" -c copy -f framehash plain
    for file in opened plain; do
        grep -v '^#' $file | cut -d , -f 5,6 >$file.sum
    done
    [ "$(wc -l <plain.sum)" -gt 20 ] && cmp opened.sum plain.sum
}

seal() { # FROM TO OPTIONS
    make_media "$2" -i "$1" -c copy -bsf "e2ee_encrypt=$3"
}

iv=414243444546474849505152
picture=testsrc2=size=192x144:rate=15:duration=2
make_media vp8.nut -f lavfi -i $picture -pix_fmt yuv420p -c:v libvpx \
    -deadline realtime -cpu-used -8 -lag-in-frames 0 -auto-alt-ref 0 -g 15
make_media h264.nut -f lavfi -i $picture -pix_fmt yuv420p -c:v libx264 \
    -threads 1 -preset ultrafast -tune zerolatency -g 15
make_media opus.nut -f lavfi -i sine=duration=2:sample_rate=48000 \
    -c:a libopus
echo 'correct horse' >right.key
echo 'incorrect' >wrong.key
printf '7:hex:000102030405060708090a0b0c0d0e0f\n' >bytes.key
# What ffmpeg's parsers make of sealed bytes is chance: give the IVs.
seal vp8.nut sealed.nut scheme=livekit:key_file=right.key:iv=$iv
seal h264.nut h264-sealed.nut key_file=right.key:choose_iv=1:iv=$iv

check 'a key that opens' probe 0 --key-file right.key sealed.nut
check 'in which scheme, sure' says 'certain scheme livekit, kdf pbkdf2, salt
 LKFrameEncryptionKey, AES-128; 10 bytes of key frames clear, 3 of others'
check 'how many frames' says 'key index 0: 30 frames, 0.0 to 1.9 s, 30 open'
check 'its string pastes' pastes sealed.nut vp8.nut
check 'no line is wider than 80' test -z "$(grep -vE 'opens by|\.nut' out |
    grep -E '.{81}')"
check 'nothing on standard error' test ! -s err
check 'no key in the report' test -z "$(grep -h horse out report.json)"

seal vp8.nut hkdf.nut scheme=livekit:kdf=hkdf:key_file=right.key
check 'another derivation' probe 0 --key-file right.key hkdf.nut
check 'told apart' told other-kdf
check 'with what a receiver says' says 'would say InvalidKey'
check 'its string pastes, too' pastes hkdf.nut vp8.nut

seal vp8.nut salt.nut scheme=livekit:salt=Pepper:key_file=right.key
check 'a salt that nobody knows' probe 3 --key-file right.key salt.nut
check 'cannot be told from a wrong key' told wrong-key
check 'unless it is given' probe 0 --key-file right.key --salt Pepper salt.nut
check 'then it is told' told other-salt
check 'and its string pastes' pastes salt.nut vp8.nut

check 'another key' probe 3 --key-file wrong.key sealed.nut
check 'told as such' told wrong-key
check 'among several' probe 0 --key-file wrong.key --key-file bytes.key \
    --key-file right.key sealed.nut
check 'the one that fits' says '(right.key, line 1)'
seal vp8.nut seven.nut key_index=7:key_file=right.key
check 'an index without a key' probe 3 --key-file wrong.key seven.nut
check 'is missing' told missing-index
check 'a key without an index' probe 0 --key-file right.key seven.nut
check 'gets it in the string' pastes seven.nut vp8.nut
check 'no key at all' probe 3 sealed.nut
check 'is told' told no-key
check 'two tracks of which one opens' probe 1 --key-file right.key \
    sealed.nut vp8.nut
check 'the other was never sealed' told not-sealed
check 'never sealed' probe 3 --key-file right.key vp8.nut h264.nut opus.nut
check 'all three' test "$(grep -c 'likely *not-sealed' out)" -eq 3
E2EE_PROBE_KEY='correct horse'
export E2EE_PROBE_KEY
check 'a key in a variable' probe 0 --key-env E2EE_PROBE_KEY sealed.nut

seal vp8.nut sframe.nut scheme=sframe:suite=5:key_index=7:key_file=bytes.key
seal vp8.nut dave.nut scheme=dave:key_file=bytes.key:key_index=7:key_ring=8
seal opus.nut jitsi.nut scheme=jitsi:key_index=7:key_file=bytes.key
for scheme in sframe jitsi; do
    check "$scheme" probe 0 --key-file bytes.key $scheme.nut
    check "$scheme by name" says "scheme $scheme"
done
check "jitsi's string pastes" pastes jitsi.nut opus.nut
check "SFrame's string pastes" probe 0 --key-file bytes.key sframe.nut
check 'as well' pastes sframe.nut vp8.nut
check 'dave' probe 0 --key-file bytes.key dave.nut
check 'dave without a key' probe 3 --key-file right.key dave.nut
check 'told, and what it takes' told other-scheme

make_media sealed.ts -v fatal -i h264-sealed.nut -c copy
check 'MPEG-TS puts something in front' probe 0 --key-file right.key sealed.ts
check 'which is told' told delimiter-inserted
make_media stripped.nut -v fatal -i h264-sealed.nut -c copy \
    -bsf:v filter_units=remove_types=7-8
check 'parameter sets stripped' probe 1 --key-file right.key stripped.nut
check 'are found in the header of the stream' told parameter-sets-stripped
make_media metadata.nut -v fatal -i h264-sealed.nut -c copy \
    -bsf:v h264_metadata=video_full_range_flag=1
check 'an SPS rewritten' probe 1 --key-file right.key metadata.nut
check 'the key is right' told clear-changed
check 'and not wrong' not_told wrong-key

head -c 20000 sealed.nut >cut.nut
check 'a file cut short' probe 1 --key-file right.key cut.nut
# How many frames that is depends on how fast the encoder was.
all_but_one() {
    frames=$(sed -n 's/^cut.nut, cut: vp8, \([0-9]*\) frames.*/\1/p' out)
    [ "$frames" -gt 2 ] && grep -q " $((frames - 1)) open" out
}
check 'all but the last frame' all_but_one
: >empty.nut
check 'an empty file' probe 2 --key-file right.key empty.nut
check 'in one line' test "$(wc -l <err)" -eq 1
check 'a missing key file' probe 2 --key-file none.key sealed.nut
check 'in one line, too' test "$(wc -l <err)" -eq 1
check 'no file' probe 2
check 'a directory for a report' probe 2 --json . --key-file right.key \
    sealed.nut

# What a real client sealed and a real server recorded.
real() { # FRAMES-OPENED... of the tracks of $capture
    key=$(sed -n 's/^ *"0": "\(.*\)",*$/\1/p' \
        "$captures/$capture/meta.json" | head -n 1)
    next=$(sed -n 's/^ *"1": "\(.*\)",*$/\1/p' \
        "$captures/$capture/meta.json" | head -n 1)
    printf '0:text:%s\n' "${key:-none}" >real.key
    [ -z "$next" ] || printf '1:text:%s\n' "$next" >>real.key
    set -- "$captures/$capture"/*.mjr "$captures/$capture"/*.pcap
    for file in "$@"; do
        shift
        [ ! -f "$file" ] || set -- "$@" "$file"
    done
    "$E2EE_MEETING" probe --json report.json --key-file real.key "$@" \
        >out 2>err </dev/null
}

if [ -d "$captures" ]; then
    for capture in p2p-h264-rtpdump p2p-vp8-rtpdump sfu-h264-escape-lk \
        sfu-h264-vs sfu-mute-screen-vp8 sfu-rotate-vp8 sfu-vp8-vs sfu-vp9-lk
    do
        check "$capture opens" real
        check "$capture: by videosdk" says 'certain scheme videosdk, kdf pbkdf2'
        check "$capture: no doubt" test -z "$(grep '^  likely' out)"
    done
    capture=sfu-rotate-vp8
    check 'a second key' real
    check 'is found' says 'key index 1: 249 frames'
    capture=sfu-vp8-plain
    check 'what was never sealed' test "$(real; echo $?)" -eq 3
    check 'is told as such' told not-sealed
    capture=sfu-av1-vs
    # AV1 over RTP takes FFmpeg 8.
    check 'AV1 does not open, Opus does' test "$(real; echo $?)" -le 1
    check 'Opus does' says '506 frames, 0.0 to 10.1 s, 506 open'
else
    skip 1 "there are no captures in $captures"
fi

finish
