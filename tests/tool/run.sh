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

# Whole meetings: who should see sees everything, who should not, nothing.

. "${top_srcdir:-.}/tests/tool/common.sh"
make_all_media

# The row of the table: receiver, sender, kind, codec.
row() {
    grep -E "^$1 +$2 +$3 +$4 " out
}

all_seen() { # RECEIVER SENDER KIND CODEC
    row "$@" | awk '$5 > 0 && $6 == 0 && $7 == 0 && $8 == $5 && $9 == $5 &&
                    $10 == $9 { found = 1 } END { exit !found }'
}

none_seen() {
    row "$@" | awk '$5 > 0 && $8 == 0 && $9 + $10 == 0 { found = 1 }
                    END { exit !found }'
}

check 'a meeting with everybody in it' meeting 0 \
    --join alice=camera.mkv,voice.ogg --join bob=voice.wav,plain.mp4 \
    --share alice=screen.webm --join eve --join mallory \
    --key eve=none --key mallory=wrong -o report.json
check 'B-frames and 4:4:4 are encoded anew' all_seen bob alice video h264
check 'PCM is encoded to Opus' all_seen alice bob audio opus
check 'H.264 of a file is carried' all_seen alice bob video h264
check 'VP8 is carried' all_seen bob alice share vp8
check 'two audio tracks are two' test "$(row bob alice audio opus | wc -l)" = 2
for receiver in eve mallory; do
    check "$receiver sees no camera" none_seen $receiver alice video h264
    check "$receiver sees no screen" none_seen $receiver alice share vp8
    check "$receiver hears nothing" none_seen $receiver bob audio opus
done
check 'a state change names the kind' \
    grep -q 'bob *<- alice *share *DecryptionSuccess' out
check 'no key is told as such' grep -q 'eve *<- alice .*MissingKey' out
check 'a wrong key is told as such' grep -q 'mallory *<- .*InvalidKey' out
check 'what is encoded is said' \
    grep -q '^alice video: camera.mkv: .*encoded to h264' out
check 'nothing on standard error' test ! -s err
check 'no line is wider than 80' test -z "$(sed -n '/receiver/,$p' out |
    grep -E '.{81}')"
check 'no colour in a file' test -z "$(tr -d -c '\033' <out)"

check 'the report is whole' grep -q '^"held":true' report.json
check 'the report names who had which key' grep -q '"key":"wrong"' report.json
check 'the report has the events' \
    grep -q '"DecryptionSuccess"' report.json
check 'nothing is left beside the report' \
    test "$(find . -name 'report.json*')" = ./report.json

check 'VP8 on request' meeting 0 --join a=camera.mkv --join b --codec vp8
check 'and it is VP8' all_seen b a video vp8
check 'a duration ends the meeting' meeting 0 --join a=plain.mp4 --join b \
    --duration 1
check 'after so many frames' test "$(row b a video h264 |
    awk '{ print $5 }')" = 15

umask 077
echo 'correct horse battery staple' >room.key
printf '1:text:not this one\n0:text:%s\n' "$(cat room.key)" >same.key
echo 'another secret altogether' >other.key
check 'key files' meeting 0 --join a=voice.ogg --join same --join other \
    --key-file room.key --key same=same.key --key other=other.key \
    -o report.json
check 'a file with the same key opens' all_seen same a audio opus
check 'a file with another one does not' none_seen other a audio opus
check 'no secret in the outputs' test -z "$(cat out err report.json |
    grep -E 'horse|altogether')"

check 'a sender without a key sends nothing' meeting 0 \
    --join a=voice.ogg --join b=plain.mp4 --key a=none
check 'to nobody' none_seen b a audio opus

# Against the expectation: without its first frame nothing of it decodes.
make_media headless.webm -i screen.webm -c copy -bsf:v 'noise=drop=not(n)'
check 'an expectation that does not hold' meeting 1 --join a=headless.webm \
    --join b
check 'is told in one line' test "$(grep -c 'expectation failed: ' err)" = 1

finish
