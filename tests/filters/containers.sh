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

# What sealed frames survive: sealed, put into a container with -c copy, taken
# out and opened, they decode to what was there before. The table of README.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

# Codec, container, and what is expected of FFmpeg 5.1, 7.1 and 9.0:
# safe: every frame comes back; lossy: not every one; refused: no such file.
# Two containers in one row behave alike.
expectations='
opus       ogg,webm,mkv,mp4,nut,ts  safe     safe     safe
vp8        ivf,webm,mkv,nut,ogg     safe     safe     safe
vp8        mp4                      refused  refused  refused
vp8        ts                       lossy    lossy    lossy
vp9        ivf,webm,mkv,mp4,nut     safe     safe     safe
vp9        ogg                      refused  refused  refused
vp9        ts                       lossy    lossy    lossy
vp9-altref nut                      safe     safe     safe
vp9-altref ivf,webm,mkv,mp4         lossy    lossy    lossy
av1        nut                      safe     safe     safe
av1        ivf,webm,mkv             refused  refused  refused
av1        mp4,ts                   lossy    lossy    lossy
h264       mkv,mp4,mov,nut,h264,ts  safe     safe     safe
h264       ogg,webm,ivf             refused  refused  refused
h265       mkv,mp4,mov,nut          safe     safe     safe
h265       hevc,ts                  lossy    safe     safe
h265       ogg,webm,ivf             refused  refused  refused
'

case $major in
5) column=3 ;;
7) column=4 ;;
9) column=5 ;;
*) skip_all "nothing is known of FFmpeg $major" ;;
esac

hashes() { # FILE: of its decoded frames, one a line
    "$FFMPEG" -nostdin -v quiet -i "$1" -map 0 -fps_mode passthrough \
        -f framemd5 - </dev/null |
        sed -n '/^#/d; s/.*,  *\([0-9a-f]\{32\}\).*/\1/p'
}

seal() { # INPUT INDEX OUTPUT
    ffmpeg -v error -i "$1" -c copy -strict -2 \
        -bsf "e2ee_encrypt=key_file=room.key:key_index=$2" "$3"
}

open_to() { # INPUT OUTPUT
    ffmpeg -v error -i "$1" -c copy -bsf e2ee_decrypt=key_file=room.key "$2"
}

measure() { # CODEC CONTAINER INDEX: the verdict in verdict
    case $2 in
    hevc) opened=opened.hevc ;; # without times, which NUT wants
    *) opened=opened.nut ;;
    esac
    rm -f "sealed.$2" "plain.$2" $opened
    if ! seal "$1.nut" "$3" "sealed.$2"; then
        verdict=refused
        return
    fi
    original=$1.nut
    # Some containers change what is played of the last packet, sealed or not.
    if [ "$1" = opus ]; then
        original=plain.$2
        ffmpeg -v error -i opus.nut -c copy "$original"
    fi
    verdict=lossy
    hashes "$original" >expected.txt
    open_to "sealed.$2" $opened && hashes $opened >got.txt &&
        [ -s got.txt ] && cmp -s expected.txt got.txt && verdict=safe
}

is() { # EXPECTED
    echo "expected $1, measured $verdict"
    [ "$1" = "$verdict" ]
}

mixed() { # through many hands
    seal h264.nut "$1" 1.mp4 && must -i 1.mp4 -c copy 2.mkv &&
        must -i 2.mkv -c copy 3.mp4 && must -i 3.mp4 -c copy 4.h264 &&
        must -i 4.h264 -c copy 5.mkv && open_to 5.mkv 6.nut || return 1
    hashes h264.nut >expected.txt
    hashes 6.nut >got.txt
    [ -s got.txt ] && cmp expected.txt got.txt
}

printf '0:first secret\n1:second secret\n' >room.key
for codec in opus vp8 vp9 vp9-altref av1 h264 h265; do
    make_media $codec 4
done

echo "$expectations" | sed '/^$/d' >rows
: >table
while read -r codec containers row; do
    # shellcheck disable=SC2086 # the words are the columns
    set -- $codec $containers $row
    shift $((column - 1))
    expected=$1
    for container in $(echo "$containers" | tr , ' '); do
        case $codec in
        h26*) indexes='0 1' ;;
        *) indexes=1 ;;
        esac
        for index in $indexes; do
            measure "$codec" "$container" "$index"
            check "$codec in $container, key index $index: $expected" \
                is "$expected"
        done
        echo "$codec $container $verdict" >>table
    done
done <rows
check 'H.264 from mp4 to mkv to mp4 to h264, key index 0' mixed 0
check 'H.264 from mp4 to mkv to mp4 to h264, key index 1' mixed 1

echo "# FFmpeg $major, -c copy of sealed frames:"
awk '{ cell = $1 " " $3; if (!(cell in list)) order[++n] = cell
       list[cell] = list[cell] " " $2 }
     END { for (i = 1; i <= n; i++) { split(order[i], c, " ")
           printf "#   %-11s %-8s%s\n", c[1], c[2], list[order[i]] } }' table
finish
