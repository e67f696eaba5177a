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

# `e2ee-meeting summary` over reports of a meeting made up by hand and over
# results of `open`.

. "${top_srcdir:-.}/tests/tool/common.sh"

summary() { # STATUS ARGUMENT...: output in out and err
    expected=$1
    shift
    "$E2EE_MEETING" summary "$@" >out 2>err
    [ $? -eq "$expected" ]
}

says() { # TEXT STATUS ARGUMENT...
    text=$1
    shift
    summary "$@" && grep -qF -e "$text" out
}

# One of the meeting's expectations does not hold.
"${top_builddir:-.}/tests/tool/hand_report" bad.json '' 2>/dev/null
sed 's/^"held":false/"held":true/' bad.json >good.json
cat >results.ndjson <<'END'
{"command":"open","version":1,"output":"a.mkv","status":"all","exit":0,"tracks":1,"opened":1,"duration":2.5,"details":[{"track":"alice","kind":"video","codec":"vp8","verdict":"all","frames":30,"opened":30,"incomplete":0}]}
{"command":"open","version":1,"output":"b.mkv","status":"some","exit":1,"tracks":1,"opened":1,"duration":2.5,"details":[{"track":"bob","kind":"audio","codec":"opus","verdict":"some","frames":30,"opened":20,"incomplete":3,"reason":"bob: 10 frames did not open: InvalidKey"}]}
END
echo '[1, 2]' >other.json
: >empty.json
head -c 700 bad.json >short.json

check 'all are whole' summary 0 good.json good.json
check 'one is not' says 'NOT    bad.json' 1 good.json bad.json
check 'and why' grep -qF "expected: bob decodes at least 99 % of alice's \
video; seen: 85.3 %" out
check 'its counts' grep -qF '15.0 s, 4 tracks, 2344 of 4800 frames opened, 5 \
lost, 2401 refused' out
check 'totals' grep -qx '1 of 2 whole, 30.0 s; 4688 of 9600 frames opened, 10 lost, 4802 refused' out
check 'results of open' says 'NOT    results.ndjson (b.mkv): 2.5 s, 1 track, 20 of 33 frames opened, 3 lost, 10 refused' 1 \
    results.ndjson
check 'and why they are not whole' grep -q '^ *bob: 10 frames did not open' out
check 'only what failed' says 'bad.json' 1 --failed good.json bad.json
check 'not the others' sh -c '! grep -q good.json out'
check 'a file that is none' summary 2 good.json other.json
check 'is named' grep -q '^e2ee-meeting: other.json: neither' err
check 'the others count' grep -q '^1 of 1 whole' out
check 'an empty file' summary 2 empty.json
check 'a report cut short' summary 2 short.json
check 'is named, too' grep -q '^e2ee-meeting: short.json: ' err
check 'a missing file' summary 2 none.json
check 'nothing at all' summary 2
check 'JSON' summary 1 --json - good.json bad.json results.ndjson
check 'JSON is whole' python3 -c '
import json
s = json.load(open("out"))
assert [r["whole"] for r in s["reports"]] == [True, False, True, False]
assert s["totals"]["whole"] == 2 and s["totals"]["reports"] == 4, s["totals"]
assert s["totals"]["frames"] == 9600 + 63, s["totals"]
assert s["reports"][1]["why"] == [
    "expected: bob decodes at least 99 % of alice\u0027s video; "
    "seen: 85.3 %"], s["reports"][1]
'
many() {
    yes good.json | head -n 1000 | xargs "$E2EE_MEETING" summary >out &&
        grep -q '^1000 of 1000 whole' out
}
check 'a thousand' many
finish
