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

# What is wrong is told in one clear line, with the right exit status, and
# leaves nothing behind.

. "${top_srcdir:-.}/tests/tool/common.sh"
make_all_media

one_line() { # TEXT: the only line on standard error, and it says so
    [ "$(wc -l <err)" -eq 1 ] && grep -q "^e2ee-meeting: .*$1" err
}

refused() { # DESCRIPTION TEXT ARGUMENT...
    description=$1
    text=$2
    shift 2
    check "$description" meeting 2 "$@"
    check "$description: told" one_line "$text"
}

with() { # a meeting that would go well, but for the arguments
    echo "--join a=voice.ogg --join b $*"
}

head -c 30000 camera.mkv >short.mkv
head -c 3000 plain.mp4 >short.mp4
head -c 2000 /dev/zero >zero.mp4
echo 'a subtitle' >text.srt
make_media empty.wav -filter_complex sine -t 0 -c:a pcm_s16le
umask 077
printf 'first\n300:second\n' >bad.key
: >empty.key

# shellcheck disable=SC2046 # the words are the arguments
{
refused 'nobody' 'two participants'
refused 'one alone' 'two participants' --join a=voice.ogg
refused 'no media' 'nobody sends' --join a --join b
refused 'a bad name' 'is no name' --join 'a b=voice.ogg' --join b
refused 'an empty file name' 'empty file name' --join a= --join b
refused 'a share of nothing' 'what is shared' $(with --share a)
refused 'a share of a stranger' 'does not join' $(with --share c=screen.webm)
refused 'a key for a stranger' 'does not join' $(with --key c=none)
refused 'a key without a choice' 'say which' $(with --key b)
refused 'an unknown option' 'unknown option --frobnicate' $(with --frobnicate)
refused 'a scenario that is none' 'voice.wav:1:1: ' $(with voice.wav)
refused 'an unknown codec' 'choose copy, opus, vp8' $(with --codec theora)
refused 'a bad duration' 'give a time' $(with --duration soon)
refused 'a bad level' 'choose quiet' $(with -v loud)
refused 'an unknown scheme' 'scheme' $(with --scheme rot13)
refused 'a missing file' 'none.mp4: No such file' $(with) --join c=none.mp4
refused 'a file that is no media' 'zero.mp4: Invalid' $(with) --join c=zero.mp4
refused 'text' 'text.srt' $(with) --join c=text.srt
refused 'a file cut short' 'short.mkv: .*whole' $(with) --join c=short.mkv
refused 'one without its index' 'short.mp4: ' $(with) --join c=short.mp4
refused 'a file without a frame' 'empty.wav: .*no frames' \
    $(with) --join c=empty.wav
refused 'a missing key file' 'none.key: No such file' \
    $(with --key-file none.key)
refused 'a bad line in a key file' 'bad.key, line 2' $(with --key-file bad.key)
refused 'an own key file with one' 'bad.key, line 2' $(with --key b=bad.key)
refused 'an empty key file' 'empty.key' $(with --key-file empty.key)
refused 'a report that cannot be' 'none/r.json: cannot be written' \
    $(with -o none/r.json)
}
check 'no report of what was refused' test ! -e r.json

interrupted() {
    "$E2EE_MEETING" run --join a=long.mkv --join b -o stopped.json \
        >out 2>err </dev/null &
    pid=$!
    tries=0
    until grep -q DecryptionSuccess out || [ $tries -eq 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -TERM $pid
    wait $pid
    [ $? -eq 130 ]
}

make_media long.mkv -filter_complex testsrc2=size=640x360:duration=60 \
    -pix_fmt yuv444p -c:v libx264 -preset ultrafast
check 'interrupted' interrupted
check 'interrupted: told' one_line 'interrupted'
check 'interrupted: nothing half-written' \
    test -z "$(find . -name 'stopped.json*')"

unknown_command() {
    "$E2EE_MEETING" frobnicate 2>err
    [ $? -eq 2 ] && grep -q "unknown command 'frobnicate'" err
}

version() {
    "$E2EE_MEETING" --version | grep -q '^e2ee-meeting .*FFmpeg'
}

check 'a command that is unknown' unknown_command
check 'help' "$E2EE_MEETING" run --help
check 'the version' version

finish
