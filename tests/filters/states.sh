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

# The state of each frame, as the command line shows it: in the metadata of
# decoded frames, in the side data of packets, and in a log of few lines.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

make_media vp8 4
make_media opus 20
printf '0:first secret\n1:second secret\n' >both.key
echo 'first secret' >first.key
echo 'another' >other.key
must -i vp8.nut -c copy \
    -bsf 'e2ee_encrypt=key_file=both.key:key_schedule=1@2' rotated.nut
must -i opus.nut -c copy -bsf e2ee_encrypt=key_file=first.key voice.nut

lines_of() { # FILTER: its lines in the log
    grep "^\[$1 @" err
}

count() { # NUMBER PATTERN FILE: so many lines have it
    found=$(grep -c -e "$2" "$3")
    [ "$found" -eq "$1" ] || {
        echo "$found times $2, not $1"
        return 1
    }
}

# Side data of packets, as framemd5 lists it: hashes, one a packet.
side_data() { # INPUT FILTERS
    ffmpeg -v error -i "$1" -map 0 -c copy -bsf "$2" -f framemd5 side.txt &&
        sed '/^#/d; s/.*, //' side.txt >hashes.txt
}

kinds_of_side_data() { # NUMBER INPUT FILTERS
    side_data "$2" "$3" &&
        [ "$(sort hashes.txt | uniq | wc -l)" -eq "$1" ]
}

# What metadata filters print of decoded frames.
if has_input_filters; then
    video_metadata() { # FILTER
        ffmpeg -v error -bsf:v "$1" -i rotated.nut \
            -vf metadata=mode=print:file=printed.txt -f null -
    }
    audio_metadata() { # FILTER
        ffmpeg -v error -bsf:a "$1" -i voice.nut \
            -af ametadata=mode=print:file=printed.txt -f null -
    }
    check 'video opens' video_metadata e2ee_decrypt=key_file=both.key
    check 'every frame has its state' \
        count 60 'lavc.e2ee.state=DecryptionSuccess' printed.txt
    check 'and its kind' count 60 'lavc.e2ee.kind=video' printed.txt
    check 'and its scheme' count 60 'lavc.e2ee.scheme=videosdk' printed.txt
    check '2 s are under the first key' \
        count 30 'lavc.e2ee.key_index=0' printed.txt
    check '2 s under the second' count 30 'lavc.e2ee.key_index=1' printed.txt
    check 'the kind can be said' \
        video_metadata e2ee_decrypt=key_file=both.key:kind=share
    check 'it is in the frames' count 60 'lavc.e2ee.kind=share' printed.txt
    check 'changes only' \
        video_metadata e2ee_decrypt=key_file=both.key:report=changes
    check 'they are two' count 2 'lavc.e2ee.state=' printed.txt
    check 'no report' \
        video_metadata e2ee_decrypt=key_file=both.key:report=none
    check 'nothing is reported' test ! -s printed.txt
    check 'audio opens' audio_metadata e2ee_decrypt=key_file=first.key
    check 'sound has its state' \
        grep -q 'lavc.e2ee.state=DecryptionSuccess' printed.txt
    check 'every frame of it' count "$(grep -c '^frame:' printed.txt)" \
        'lavc.e2ee.kind=audio' printed.txt
    check 'frames that do not open are not decoded' \
        video_metadata e2ee_decrypt=key_file=first.key
    check 'the others are' \
        count 30 'lavc.e2ee.state=DecryptionSuccess' printed.txt
else
    skip 17 'no filters on inputs before FFmpeg 7.0'
fi

# Side data of packets. Two states or two indexes are two kinds of it.
keep=e2ee_decrypt=on_failure=keep
check 'packets: two key indexes' kinds_of_side_data 2 rotated.nut \
    $keep:key_file=both.key
check 'packets: opened, then no key' kinds_of_side_data 2 rotated.nut \
    $keep:key_file=first.key
check 'packets: all are there' test "$(wc -l <hashes.txt)" -eq 60
check 'packets: never opened' kinds_of_side_data 1 voice.nut \
    $keep:key_file=other.key
check 'packets: the sender tells its state, too' kinds_of_side_data 2 \
    vp8.nut 'e2ee_encrypt=key_file=both.key:key_schedule=1@2'

# The log.
opened() { # INPUT FILTERS [LEVEL]
    ffmpeg -v "${3:-info}" -i "$1" -map 0 -c copy -bsf "$2" opened.nut
}

says() { # TEXT: in exactly one line of the receiver
    lines_of e2ee_decrypt >lines
    [ "$(grep -c -e "$1" lines)" -eq 1 ] || {
        cat lines
        return 1
    }
}

check 'a rotation without the second key' opened rotated.nut \
    e2ee_decrypt=key_file=first.key verbose
check 'the first opened frame is logged' \
    says 'DecryptionSuccess: video, videosdk, key index 0, at 0 s$'
check 'the first missing key is logged with its time' \
    says 'MissingKey: video, videosdk, key index 1, at 2 s: no key'
check 'the totals are' says '30 of 60 frames opened, 30 MissingKey'
check 'nothing else' test "$(lines_of e2ee_decrypt | wc -l)" -eq 3
check 'a rotation with both keys' opened rotated.nut \
    e2ee_decrypt=key_file=both.key verbose
check 'the new index is logged' \
    says 'DecryptionSuccess: video, videosdk, key index 1, at 2 s$'
check 'all frames are counted' says '60 of 60 frames opened$'
check 'a wrong key' opened voice.nut e2ee_decrypt=key_file=other.key
check 'it is told as such' says 'InvalidKey: .*the key does not fit'
check 'a thousand times in two lines' \
    test "$(lines_of e2ee_decrypt | wc -l)" -eq 2
check 'what was never sealed' opened vp8.nut e2ee_decrypt=key_file=both.key
check 'is told apart' says 'DecryptionFailed: .*was never sealed'
check 'and counted apart' says '0 of 60 .*60 never sealed'

# Frames damaged on the way, many changes of state.
check 'damage' opened voice.nut \
    noise=500,e2ee_decrypt=key_file=first.key verbose
check 'it is told as such' \
    grep -q 'DecryptionFailed: .*: damaged or forged' err
check 'some frames are whole' \
    grep -q '[1-9][0-9]* of 100[0-9] frames opened, [1-9]' err
check 'with a thousand frames in a few lines' \
    test "$(lines_of e2ee_decrypt | wc -l)" -le 18
check 'and the rest at debug level' opened voice.nut \
    noise=500,e2ee_decrypt=key_file=first.key debug
check 'there they are' test "$(lines_of e2ee_decrypt | wc -l)" -gt 100

# The sender.
check 'a sender' ffmpeg -v verbose -i vp8.nut -c copy \
    -bsf 'e2ee_encrypt=key_file=both.key:key_schedule=1@2' -f null -
check 'says when it begins' grep -q 'EncryptionSuccess: .*index 0, at 0 s' err
check 'when it takes another key' \
    grep -q 'EncryptionSuccess: .*index 1, at 2 s' err
check 'and how much it sealed' grep -q '60 of 60 frames sealed$' err
check 'three lines' test "$(lines_of e2ee_encrypt | wc -l)" -eq 3

finish
