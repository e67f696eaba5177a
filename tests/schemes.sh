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
# and what a meeting can be held with, where frames go over RTP.
table='
dave      all                     -         -                      opus,vp8,h264
jitsi     all                     -         vp9,av1,h264,h265      opus,vp8
livekit   opus,vp8,vp9,h264,h265  av1       -                      opus,vp8,h264
nextcloud all                     -         vp9,av1,h264,h265      opus,vp8
sframe    all                     -         vp8,vp9,av1,h264,h265  opus
stream    opus,vp8,vp9,h264       av1,h265  -                      opus,vp8,h264
videosdk  all                     -         av1                    opus,vp8,h264
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

meeting() { # SCHEME INPUT
    "$E2EE_MEETING" run --scheme "$1" --join a="$2" --join b --join eve \
        --key eve=wrong >out 2>err </dev/null &&
        grep -q '^2 of 2 expectations held$' out
}

printf '%s\n' '0:hex:000102030405060708090a0b0c0d0e0f' \
    '1:hex:101112131415161718191a1b1c1d1e1f' >room.key
for codec in $all; do
    make_media "$codec" 2
done

echo "$table" | sed '/^$/d' >rows
while read -r scheme takes refuses warns meets; do
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
    while read -r scheme takes refuses warns meets; do
        for codec in $(words "$meets"); do
            check "a meeting with $scheme and $codec" \
                meeting "$scheme" "$codec.nut"
        done
    done <rows
else
    skip 1 "there is no $E2EE_MEETING"
fi

finish
