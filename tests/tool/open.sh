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

# e2ee-meeting open and streams: what is sealed here, and what a browser sealed
# and a server recorded, comes out as files that play.

top=$(cd "${top_srcdir:-.}" && pwd)

. "$top/tests/ffmpeg-common.sh"
: "${E2EE_MEETING:=$top_builddir/tools/e2ee-meeting}"
"$E2EE_MEETING" --version >/dev/null 2>&1 || skip_all 'there is no tool'

meeting() { # STATUS ARGUMENT...: output in out and err
    expected=$1
    shift
    "$E2EE_MEETING" "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: e2ee-meeting $*"
        return 1
    }
}

opens() { # STATUS OUTPUT ARGUMENT...
    expected=$1 output=$2
    shift 2
    rm -f "$output"
    meeting "$expected" open --key-file room.key -o "$output" "$@"
}

plays() { # FILE: every frame decodes
    ffmpeg -v error -xerror -i "$1" -f null - && test ! -s err
}

# What a file decodes to, one hash a stream; the same however it is packed.
decoded() { # FILE
    "$FFMPEG" -nostdin -v error -i "$1" -map 0 -fps_mode passthrough \
        -f streamhash -
}

same_media() { # FILE FILE
    decoded "$1" >a.sum && decoded "$2" >b.sum && cmp a.sum b.sum
}

packets() { # FILE STREAM: their bytes, hashed one by one
    "$FFMPEG" -nostdin -v error -fflags +noparse -i "$1" -map "0:$2" -c copy \
        -f framehash - | awk '!/^#/ { print $NF }'
}

packet_times() { # FILE STREAM
    "$FFPROBE" -v error -fflags +noparse -select_streams "$2" \
        -show_entries packet=pts_time -of csv=p=0 "$1" | tr -d ,
}

# No more than so many milliseconds apart, packet by packet.
same_times() { # FILE FILE STREAM MILLISECONDS
    packet_times "$1" "$3" >a.times
    packet_times "$2" "$3" >b.times
    paste a.times b.times | awk -v most="$4" '
        NF != 2 { exit 1 }
        { d = ($1 - $2) * 1000; if (d > most || d < -most) exit 1; n++ }
        END { if (n < 10) exit 1 }'
}

nothing_left() { # NAME: of an output
    test -z "$(find . -name "$1*")"
}

one_line() { # PATTERN: standard error is one line, with it
    [ "$(wc -l <err)" -eq 1 ] && grep -q "$1" err
}

# --- sealed here: every container that keeps sealed frames ---

echo 'correct horse battery staple' >room.key
echo 'another secret' >wrong.key
printf '0:%s\n1:%s\n' "$(cat room.key)" 'a later one' >two.key
for codec in opus vp8 vp9 h264 h265 av1; do
    make_media $codec 2
done

seal() { # FILE CODEC [BSF]: from CODEC.nut
    must -i "$2.nut" -c copy -bsf "${3:-e2ee_encrypt=key_file=room.key}" "$1"
}

reopened() { # CONTAINER CODEC OUTPUT [LIKE]: decodes as CODEC.nut does
    seal "sealed.$1" "$2" && opens 0 "$3" --decode "sealed.$1" &&
        plays "$3" && same_media "${4:-$2.nut}" "$3"
}

for container in ogg webm mkv mp4 nut; do
    # Containers differ in what they skip at the begin.
    must -i opus.nut -c copy clear.$container
    must -i clear.$container -c copy like.mkv
    check "opus in $container" reopened $container opus open.mkv like.mkv
done
for container in ivf webm mkv nut ogg; do
    check "vp8 in $container" reopened $container vp8 open.webm
done
for container in ivf webm mkv mp4 nut; do
    check "vp9 in $container" reopened $container vp9 open.mp4
done
for container in mkv mp4 nut h264 ts; do
    check "h264 in $container" reopened $container h264 open.mp4
done
for container in mkv mp4 nut; do
    check "h265 in $container" reopened $container h265 open.mkv
done
check 'av1 in nut' reopened nut av1 open.mp4

must -i vp8.nut -i opus.nut -i h264.nut -map 0 -map 1 -map 2 -c copy plain.nut
must -i plain.nut -map 0 -c copy -bsf e2ee_encrypt=key_file=room.key sealed.nut
# Sealing may rewrite start codes; what the filter opens is the measure.
must -v quiet -fflags +noparse -i sealed.nut -map 0 -c copy \
    -bsf e2ee_decrypt=key_file=room.key opened.nut
check 'three tracks' opens 0 open.nut --result result.json sealed.nut
for stream in 0 1 2; do
    packets opened.nut $stream >a
    packets open.nut $stream >b
    check "stream $stream has the packets that were sealed" cmp a b
    check 'at their times' same_times plain.nut open.nut $stream 1
done
check 'nothing on standard error' test ! -s err
check 'the result is one line' test "$(wc -l <result.json)" -eq 1
check 'and tells how it came' grep -q \
    '"status":"all","exit":0,"tracks":3,"opened":3,' result.json
check 'nothing is left beside it' test \
    "$(find . -name 'open.nut*' -o -name 'result.json*' | wc -l)" -eq 2
check 'it is the same when made again' opens 0 again.nut sealed.nut
check 'byte for byte' cmp open.nut again.nut
must -f lavfi -i "$picture:duration=2" -pix_fmt yuv420p -c:v libx264 \
    -preset ultrafast -bf 2 -g 10 frames.mp4
must -i frames.mp4 -c copy -bsf e2ee_encrypt=key_file=room.key sealed.mp4
check 'B-frames' opens 0 open.mp4 --decode sealed.mp4
check 'are in their order' same_media frames.mp4 open.mp4

# --- standard input and output ---

piped() { # FILE ARGUMENT...
    from=$1
    shift
    "$E2EE_MEETING" open --key-file room.key "$@" -o - - <"$from" >piped 2>err
}

for format in matroska nut; do
    check "a pipe into $format" piped sealed.nut -f $format
    check 'plays' plays piped
    check 'and has everything' same_media open.nut piped
done
seal piped.nut vp9
check 'a pipe into mp4' piped piped.nut -f mp4
check 'plays' plays piped
check 'and has everything' same_media vp9.nut piped
check 'a format has to be named' meeting 2 open --key-file room.key -o - \
    sealed.nut
check 'in one line' one_line ' -f '

# --- keys ---

wrong() {
    rm -f open.mkv
    meeting 3 open --key-file wrong.key -o open.mkv --result result.json \
        --json report.json sealed.nut
}
check 'a wrong key' wrong
check 'opens nothing' nothing_left open.mkv
check 'is told for each track' test "$(grep -c 'InvalidKey: ' err)" -eq 3
check 'with what to do' grep -q 'e2ee-meeting probe sealed.nut' err
check 'and in the result' grep -q '"status":"nothing","exit":3' result.json
check 'there is a report all the same' grep -q '"command": *"open"' report.json

seal rotated.mkv vp8 'e2ee_encrypt=key_file=two.key:key_schedule=1@1'
check 'rotated keys' opens 0 open.mkv --key video=two.key rotated.mkv
check 'open wholly' same_media vp8.nut open.mkv
check 'without the second key' opens 1 open.mkv --result result.json \
    rotated.mkv
check 'the first half opens' test "$(packets open.mkv 0 | wc -l)" -eq 15
check 'MissingKey is told' one_line '15 of 30 frames opened; MissingKey'
check 'and the half of it plays' plays open.mkv

seal hkdf.nut opus \
    'e2ee_encrypt=scheme=livekit:kdf=hkdf:salt=pepper:key_file=room.key'
check 'a salt and a KDF of its own' opens 0 open.mkv --scheme livekit \
    --options kdf=hkdf:salt=pepper hkdf.nut
check 'and without them nothing' opens 3 open.mkv --scheme livekit hkdf.nut

# --- what does not open ---

must -i sealed.nut -i vp9.nut -map 0 -map 1 -c copy mixed.nut
nb_streams() { # FILE
    "$FFPROBE" -v error -show_entries stream=index -of csv=p=0 "$1" | wc -l
}

check 'a track that was never sealed' opens 1 open.mkv mixed.nut
check 'is an alarm' grep -q 'ALARM: .*never sealed' err
check 'and is left out' test "$(nb_streams open.mkv)" -eq 3
check 'unless it is to be kept' opens 1 open.mkv --keep-sealed mixed.nut
check 'then it is there' test "$(nb_streams open.mkv)" -eq 4
packets vp9.nut 0 >a
packets open.mkv 3 >b
check 'as it came' cmp a b
kept() {
    rm -f kept.nut
    meeting 3 open --key-file wrong.key --keep-sealed -o kept.nut sealed.nut
}
check 'sealed tracks are kept' kept
check 'and open later' opens 0 open.nut kept.nut
check 'with everything' same_media plain.nut open.nut

seal damaged.nut vp8 \
    'e2ee_encrypt=key_file=room.key,noise=amount=3*eq(mod(n\,10)\,5)'
check 'damaged frames do not end it' opens 1 open.mkv damaged.nut
check 'they are counted' grep -q '27 of 30 frames opened' err
check 'the others are there' test "$(packets open.mkv 0 | wc -l)" -eq 27

# Damaged before it was sealed: it opens, but does not decode.
must -i h264.nut -c copy -bsf 'noise=amount=300*gt(n\,2)' noisy.nut
must -i noisy.nut -c copy -bsf e2ee_encrypt=key_file=room.key noisy-sealed.nut
check 'all opens of what does not decode' opens 0 open.mkv noisy-sealed.nut
check '--decode finds out' opens 1 open.mkv --decode noisy-sealed.nut
check 'and says so' grep -q 'frames do not decode' err

# --- damaged and missing inputs ---

size=$(wc -c <sealed.nut)
for part in 1 10 50 90 99; do
    head -c $((size * part / 100)) sealed.nut >cut.nut
    rm -f open.mkv
    "$E2EE_MEETING" open --key-file room.key -o open.mkv cut.nut >out 2>err
    status=$?
    check "$part % of a file: one of the statuses" test $status -le 3
    [ ! -e open.mkv ] || check 'what is there plays' plays open.mkv
done
head -c 300000 /dev/zero >zeros.mkv
check 'no media' meeting 2 open --key-file room.key -o open.mkv zeros.mkv
check 'is told in one line' one_line zeros.mkv
check 'no such file' meeting 2 open --key-file room.key -o open2.mkv none.mkv
check 'is told in one line' one_line none.mkv
check 'no such key file' meeting 2 open --key-file none -o open2.mkv sealed.nut
check 'is told in one line' one_line none
check 'no key' meeting 2 open -o open2.mkv sealed.nut
check 'is told in one line' one_line 'give --key-file'
check 'no output' meeting 2 open --key-file room.key sealed.nut
check 'is told in one line' one_line ' -o '
check 'an unknown format' opens 2 open.xyz sealed.nut
check 'is told in one line' one_line open.xyz
check 'a format that cannot hold it' opens 2 open2.webm sealed.nut
check 'is told in one line' one_line 'webm does not hold h264'
check 'an option of the filter that is none' opens 2 open2.mkv \
    --options kdf=nonsense sealed.nut
check 'of all these nothing is left' nothing_left open2

# --- interrupted ---

interrupted() { # SIGNAL
    mkfifo pipe
    "$E2EE_MEETING" open --key-file room.key -o late.mkv --json late.json \
        pipe >out 2>err &
    tool=$!
    exec 4>pipe # waits until the tool has it open
    head -c 50000 sealed.nut >&4
    kill -"$1" $tool
    exec 4>&-
    wait $tool
    status=$?
    rm pipe
    [ $status -eq 130 ]
}
check 'SIGTERM' interrupted TERM
check 'leaves nothing' nothing_left late

# --- resume ---

again() { # ARGUMENT...
    meeting 0 open --key-file room.key --resume --result r.json -o r.mkv "$@"
}
check 'with --resume' again sealed.nut
cp r.mkv was.mkv
echo >>r.mkv
check 'again' again sealed.nut
check 'it is skipped' grep -q 'done before' out
check 'and not written' test "$(wc -c <r.mkv)" -gt "$(wc -c <was.mkv)"
rm r.mkv
check 'an output that is gone' again sealed.nut
check 'is made again' cmp r.mkv was.mkv
check 'of another input' again sealed.mkv
check 'it is another job' test ! -s err -a \
    "$(wc -c <r.mkv)" -ne "$(wc -c <was.mkv)"
check 'what did not open wholly' opens 1 half.mkv --result half.json \
    --resume rotated.mkv
check 'is tried again' opens 1 half.mkv --result half.json --resume rotated.mkv
check '--resume without a file' meeting 2 open --key-file room.key --resume \
    -o r.mkv sealed.nut

# --- memory ---

# AddressSanitizer would keep what is freed.
memory() ( # COPIES of two seconds
    export ASAN_OPTIONS=quarantine_size_mb=0:thread_local_quarantine_size_kb=0
    must -stream_loop "$1" -i plain.nut -map 0 -c copy \
        -bsf e2ee_encrypt=key_file=room.key long.mkv
    opens 0 open.mkv --result long.json long.mkv || return
    sed 's/.*"memory_kib":\([0-9]*\).*/\1/' long.json
)
short=$(memory 10)
long=$(memory 150)
check "memory is flat: $short KiB for 22 s, $long KiB for 5 min" \
    test "$long" -lt $((short + short / 4))

# --- streams ---

check 'streams of a sealed file' meeting 0 streams sealed.nut
check 'are all there' test "$(grep -c '^sealed.nut: ' out)" -eq 3
check 'and sealed, with key index 0' test "$(grep -c \
    'sealed .*key index 0' out)" -eq 3
check 'streams of a plain file' meeting 0 streams vp8.nut
check 'are told apart' grep -q 'sealed *NO' out
check 'rotated keys show' meeting 0 streams rotated.mkv --json streams.json
check 'with their indexes' grep -q 'key index 0 (15), 1 (15)' out
check 'in the JSON, too' grep -q '"1": 15' streams.json
check 'nothing to look into' meeting 2 streams
check 'no such file' meeting 2 streams none.mkv
check 'is told in one line' one_line none.mkv

# --- a track that begins late ---

must -stream_loop 9 -i vp8.nut -itsoffset 15 -i opus.nut -map 0 -map 1 -c copy \
    -bsf e2ee_encrypt=key_file=room.key late.mkv
check 'a track that begins late' opens 0 open.mkv late.mkv
check 'is there' test "$(nb_streams open.mkv)" -eq 2
check 'at its time' same_times late.mkv open.mkv 1 1
late_piped() {
    piped late.mkv -f matroska
    [ $? -eq 1 ]
}
check 'of a pipe' late_piped
check 'it is left out' test "$(nb_streams piped)" -eq 1
check 'and named' grep -q 'name files, not pipes' err

must -i opus.nut -c copy -metadata:s:a language=deu \
    -metadata:s:a title=Anna -bsf e2ee_encrypt=key_file=room.key german.mkv
check 'a language' opens 0 open.mkv german.mkv
check 'stays, and so does a name' test "$("$FFPROBE" -v error -show_entries \
    stream_tags=language,title -of csv=p=0 open.mkv)" = 'deu,Anna (audio)'

# --- what a browser sealed and a server recorded ---

for capture in "$top"/tests/vectors/captures/*; do
    name=$(basename "$capture")
    check "recorded: $name" opens 0 open.mkv --decode "$capture"/*.[mp]*
    check 'plays' plays open.mkv
done

captures=${E2EE_CAPTURES:-$top/../shared/captures}
if [ ! -d "$captures" ]; then
    skip 12 "there is no $captures"
else
    check 'Janus: camera and microphone' opens 0 open.mkv --decode \
        "$captures/sfu-vp8-vs/audio.mjr" "$captures/sfu-vp8-vs/video.mjr"
    check 'play' plays open.mkv
    check 'under their names' test "$("$FFPROBE" -v error -show_entries \
        stream_tags=title -of csv=p=0 open.mkv | tr '\n' ' ')" = 'audio video '
    check 'in the size they were sent in' test "$("$FFPROBE" -v error \
        -show_entries stream=width,height -of csv=p=0 open.mkv |
        grep ,)" = 640,360
    check 'H.264' opens 0 open.mp4 --decode \
        "$captures/sfu-h264-vs/audio.mjr" "$captures/sfu-h264-vs/video.mjr"
    check 'plays' plays open.mp4
    check 'muted, and a screen' opens 0 open.webm --decode \
        "$captures"/sfu-mute-screen-vp8/*.mjr
    check 'play' plays open.webm
    check 'AV1 that RTP has rewritten' opens 1 open.mkv \
        "$captures/sfu-av1-vs/audio.mjr" "$captures/sfu-av1-vs/video.mjr"
    check 'is named, the sound is there' test "$(nb_streams open.mkv)" -eq 1 \
        -a "$(grep -c 'video.mjr: video: .*AV1' err)" -eq 1
    check 'never sealed' opens 3 open.mkv \
        "$captures/sfu-vp8-plain/audio.mjr" "$captures/sfu-vp8-plain/video.mjr"
    check 'is an alarm for each' test "$(grep -c ALARM err)" -eq 2
fi

# --- SFrame's own payload format over RTP ---

printf '0:hex:%s\n' 000102030405060708090a0b0c0d0e0f >sframe.key
chmod 600 sframe.key
sframe_capture() {
    meeting 0 run --join ann=vp8.nut --join bob --duration 1 --verify open \
        --scheme sframe --key-file sframe.key --srtp none --pcap sframe.pcap
}
check 'a capture of SFrame over RTP' sframe_capture
check 'shows its header' meeting 0 streams --sframe --map 96=vp8/90000 \
    sframe.pcap
check 'in every frame' grep -q 'RFC 9605): \([0-9]*\) of \1 frames' out
check 'opens' meeting 0 open --sframe --map 96=vp8/90000 --scheme sframe \
    --key-file sframe.key --decode -o sframe.mkv sframe.pcap
check 'and plays' plays sframe.mkv

check 'no secret in any output' test -z "$(cat out err ./*.json |
    grep -E 'horse|another secret|a later one')"

finish
