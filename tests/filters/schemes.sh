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


# Every scheme with every codec on the command line: what it takes comes back
# frame by frame, what it does not take ends in one clear line. Then meetings.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

: "${E2EE_MEETING:=$top_builddir/build/bin/e2ee-meeting}"

# Scheme, what it takes of web clients, what it does not, what it warns of,
# and what does badly in meetings, where frames go over RTP:
#   startless  of a delta frame three bytes stay clear, and not its start code:
#              FFmpeg's RTP muxer finds nothing to send
#   unseen     LiveKit's rules look for key frames where all is sealed, and
#              which they find is chance; mediasoup's look in front of it
table='
dave      all                    -        -                     vp9/unseen
jitsi     all                    -        vp9,av1,h264,h265     h264/startless,h265/startless
livekit   opus,vp8,vp9,h264,h265 av1      -                     vp9/unseen
nextcloud all                    -        vp9,av1,h264,h265     h264/startless,h265/startless
sframe    all                    -        vp8,vp9,av1,h264,h265 -
stream    opus,vp8,vp9,h264      av1,h265 -                     -
videosdk  all                    -        av1                   -
'

all='opus vp8 vp9 av1 h264 h265'

words() { # LIST: with commas, - for none
    case $1 in
    -) ;;
    all) echo "$all" ;;
    *) echo "$1" | tr , ' ' ;;
    esac
}

hashes() { # FILE: of its decoded frames, one a line
    "$FFMPEG" -nostdin -v quiet -i "$1" -map 0 -fps_mode passthrough \
        -f framemd5 - </dev/null |
        sed -n '/^#/d; s/.*,  *\([0-9a-f]\{32\}\).*/\1/p'
}

seal() { # SCHEME CODEC [OPTIONS]
    ffmpeg -i "$2.nut" -c copy \
        -bsf "e2ee_encrypt=scheme=$1:key_file=room.key${3:-}" sealed.nut
}

open_it() { # SCHEME [OPTIONS]
    ffmpeg -v verbose -i sealed.nut -c copy \
        -bsf "e2ee_decrypt=scheme=$1:key_file=room.key${2:-}" opened.nut
}

lines_of() { # FILTER: its lines in the log
    grep "^\[$1 @" err
}

comes_back() { # CODEC: every frame opened, and each is what it was
    lines_of e2ee_decrypt | grep -q 'frames opened$' || return 1
    [ -f "$1.txt" ] || hashes "$1.nut" >"$1.txt"
    hashes opened.nut >got.txt
    [ -s got.txt ] && cmp "$1.txt" got.txt
}

# Also with the options of a sender and of a receiver.
round_trip() { # SCHEME CODEC [OPTIONS]
    rm -f sealed.nut opened.nut
    seal "$1" "$2" "${3:-}" && ! cmp -s "$2.nut" sealed.nut &&
        open_it "$1" "${3:-}" && comes_back "$2"
}

refused() { # SCHEME CODEC
    ! seal "$1" "$2" && [ "$(lines_of e2ee_encrypt | wc -l)" -eq 1 ] &&
        lines_of e2ee_encrypt | grep "[Ss]cheme $1 does not say how to seal"
}

key_refused() { # FILE: in one line; a key of Stream's has 16 bytes
    ! ffmpeg -i opus.nut -c copy \
        -bsf "e2ee_encrypt=scheme=stream:key_file=$1" sealed.nut &&
        [ "$(lines_of e2ee_encrypt | wc -l)" -eq 1 ] &&
        lines_of e2ee_encrypt | grep 'takes keys of 16 bytes'
}

warned() { # NUMBER SCHEME CODEC
    seal "$2" "$3" && [ "$(grep -c "Scheme $2 and " err)" -eq "$1" ]
}

# a sends it, b has the key, eve a wrong one.
hold() { # SCHEME CODEC [MEMBERS OF THE SCENARIO]
    track='"kind": "video", "generate": "testsrc2=size=160x120:rate=15"'
    case $2 in
    opus) track='"kind": "audio", "generate": "sine"' ;;
    h265) track="$track, \"codec\": \"hevc\"" ;;
    *) track="$track, \"codec\": \"$2\"" ;;
    esac
    cat >meeting.json <<EOF
{"seed": 1, "duration": 2, "scheme": "$1", ${3:+$3,} "participants": [
    {"name": "a", "tracks": [{$track}]}, {"name": "b"},
    {"name": "eve", "key": "wrong"}]}
EOF
    "$E2EE_MEETING" run meeting.json >out 2>err </dev/null
    status=$?
}

meeting() { # SCHEME CODEC [MEMBERS]
    hold "$@"
    [ $status -eq 0 ] && grep -q '^2 of 2 expectations held$' out
}

# eve opens nothing, b not everything, and that is said.
flawed() { # SCHEME CODEC
    hold "$@"
    [ $status -eq 1 ] && grep -q '^1 of 2 expectations held$' out &&
        [ "$(wc -l <err)" -eq 1 ] &&
        grep "b sees all of a's video: [0-9]* of 30 frames opened" err &&
        grep 'sealed, and nothing in it for RTP$' out
}

no_rtp() { # SCHEME CODEC [MEMBERS]: in one line
    hold "$@"
    [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] &&
        grep 'does not go over the RTP of this FFmpeg' err
}

in_meeting() { # SCHEME CODEC WHAT-DOES-BADLY
    case $1,$2,${major:-99},$3, in
    sframe,*) check "a meeting with $1 and $2" meeting "$1" "$2" ;;
    *,av1,*|*,h265,5,*) check "$1: no meeting with $2" no_rtp "$1" "$2" ;;
    *,"$2"/startless,*) check "$1: $2 gets lost" flawed "$1" "$2" ;;
    *,"$2"/unseen,*)
        check "a meeting with $1 and $2, by mediasoup's rules" \
            meeting "$1" "$2" '"sfu": "mediasoup"'
        ;;
    *) check "a meeting with $1 and $2" meeting "$1" "$2" ;;
    esac
}

by_packet() { # CODEC: what RTP makes of its frames is sealed
    case $1,${major:-99} in
    av1,*|h265,5)
        check "sframe: no $1 by the packet" \
            no_rtp sframe "$1" '"packets": true'
        ;;
    *)
        check "a meeting with sframe by the packet and $1" \
            meeting sframe "$1" '"packets": true'
        ;;
    esac
}

printf '%s\n' '0:hex:000102030405060708090a0b0c0d0e0f' \
    '1:hex:101112131415161718191a1b1c1d1e1f' >room.key
for codec in $all; do
    make_media "$codec" 2
done

echo "$table" | sed '/^$/d' >rows
while read -r scheme takes refuses warns badly; do
    for codec in $(words "$takes"); do
        check "$scheme: $codec" round_trip "$scheme" "$codec"
        case ,$warns, in
        *,$codec,*)
            check "$scheme: $codec is warned of" warned 1 "$scheme" "$codec"
            ;;
        *)
            check "$scheme: $codec without a warning" \
                warned 0 "$scheme" "$codec"
            ;;
        esac
    done
    for codec in $(words "$refuses"); do
        check "$scheme: $codec is refused in one line" \
            refused "$scheme" "$codec"
    done
    check "$scheme: another key index" round_trip "$scheme" opus :key_index=1
done <rows

# What the options change.
check 'livekit: AV1 of native clients' round_trip livekit av1 :peer=native
check 'livekit: H.265 of native clients' round_trip livekit h265 :peer=native
check 'livekit: Element Call' round_trip livekit vp8 :key_ring=256:kdf=hkdf
check 'livekit: keys of 256 bits' round_trip livekit vp8 :key_size=256
check 'livekit: the other peer opens it' seal livekit h265 :kdf=hkdf
check 'there it is' open_it livekit :kdf=hkdf:peer=native
check 'as it was' comes_back h265
check 'jitsi: what the shared-key mode hands over' \
    round_trip jitsi vp8 :kdf=raw
check 'jitsi is not nextcloud' seal jitsi opus
check 'which opens nothing of it' open_it nextcloud
check 'and says so' grep -q 'InvalidKey: audio, nextcloud' err
echo '0:hex:0011' >short.key
echo 'seventeen letters' >text.key
check 'stream: a key that is too short' key_refused short.key
check 'stream: a passphrase' key_refused text.key

# Meetings.
if [ -x "$E2EE_MEETING" ]; then
    while read -r scheme takes refuses warns badly; do
        for codec in $(words "$takes"); do
            in_meeting "$scheme" "$codec" "$badly"
        done
    done <rows
    for codec in $all; do
        by_packet "$codec"
    done
else
    skip 1 "there is no $E2EE_MEETING"
fi

# The help names each scheme that there is, with its version.
all_are_in_the_help() {
    for filter in e2ee_encrypt e2ee_decrypt; do
        ffmpeg -h bsf=$filter
        sed -n '/-scheme/,/-peer/p' out >help
        for scheme in dave jitsi livekit nextcloud sframe stream videosdk; do
            grep -E "^ +$scheme +[.A-Z]+ [A-Z].*" help || return 1
        done
    done
    grep 'RFC 9605' help && grep 'DAVE protocol 1.1' help
}

check 'the help names the wire formats' all_are_in_the_help

finish
