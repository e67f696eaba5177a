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


# `e2ee-meeting why` tells what became of a frame: of a meeting made up by
# hand (tests/tool/hand_meeting.h), where the answer is known.

. "${top_srcdir:-.}/tests/tool/common.sh"

# The report has one expectation that did not hold.
hand_report=${top_builddir:-.}/tests/tool/hand_report
"$hand_report" r.json '' 2>/dev/null
"$hand_report" problems.json '' 3 problems 2>/dev/null
"$hand_report" none.json '' 3 none 2>/dev/null

# Sentences are broken into lines; they are compared as one line.
tells() { # TEXT ARGUMENT...
    text=$1
    shift
    "$E2EE_MEETING" why "$@" >out 2>err || return 1
    tr '\n' ' ' <out >flat
    grep -qF -e "$text" flat
}

refuses() { # TEXT ARGUMENT...
    text=$1
    shift
    "$E2EE_MEETING" why "$@" >out 2>err
    [ $? -eq 2 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] &&
        grep -qF -e "$text" err
}

check 'a packet lost' tells "bob did not see frame 374 of alice's video \
because packet 2 of 5 was lost on bob's downlink (random loss) and, though it \
was sent again, had not come when the jitter buffer gave up at 12.980 s; the \
30 frames after it waited for the key frame at 13.500 s." \
    r.json alice/video 12.48s bob
check 'its packets' tells '12.468 s  sent in 5 packets, sequence numbers 1870 to 1874' \
    r.json alice/video '#374' bob
check 'its key' tells '12.467 s  sealed with key 1: 4274 bytes became 4304' \
    r.json alice/video '#374' bob
check 'what was lost where' tells '12.488 s  packet 2: random loss on the downlink' \
    r.json alice/video '#374' bob
check 'a burst' tells "because all 5 packets were lost on alice's uplink \
(burst loss) and were not sent again before the jitter buffer gave up at \
3.813 s; the 32 frames" r.json alice/video '#100' bob
check 'a frame that waited' tells "bob opened frame 120 of alice's video but \
could not show it because frames 100 to 102 before it were lost on the uplink, \
and it waited for the key frame at 4.500 s." r.json alice/video 4s bob
check 'a frame sent again in time' tells "bob saw frame 200 of alice's video \
as it was sent, 122 ms after it was captured; packet 4 of 5 was lost at first \
(random loss) and came again in time." r.json alice/video '#200' bob
check 'a late one' tells 'its last packet came at 14.945 s, 112 ms after the \
jitter buffer had given up' r.json alice/video '#430' bob
check 'a refused one' tells 'the filter refused it (DecryptionFailed: the tag \
does not fit)' r.json alice/video '#440' bob
check 'a key that is not there' tells 'because eve did not have key 0, \
which it was sealed with (MissingKey)' r.json alice/video '#1' eve
check 'a paused track' tells "bob did not hear frame 475 of alice's audio \
because the server did not forward it (paused)." r.json alice/audio 9.5 bob
check 'all receivers: bob' tells "bob saw frame 10 of alice's video as it was \
sent" r.json alice/video '#10'
check 'all receivers: eve' grep -q 'eve did not see frame 10' out
check 'only problems are kept: one' tells 'bob did not see frame 374' \
    problems.json alice/video '#374' bob
check 'only problems are kept: none' tells 'it had no problem, and only \
problems were kept' problems.json alice/video '#10' bob
from_stdin() {
    "$E2EE_MEETING" why - alice/video '#374' bob <r.json >out
}
check 'standard input' from_stdin

check 'JSON' "$E2EE_MEETING" why --json why.json r.json alice/video '#374' bob
check 'JSON is whole' python3 -c '
import json
[a] = json.load(open("why.json"))
assert a["fate"] == "lost_downlink" and a["shown"] == "not", a
assert a["frame"] == 374 and a["receiver"] == "bob", a
assert a["cause"].startswith("bob did not see frame 374"), a
assert any(s["what"].startswith("packet 2: sent again") for s in a["steps"])
'

check 'a sender misspelt' refuses "did you mean 'alice'?" \
    r.json alcie/video 1s bob
check 'a kind misspelt' refuses "did you mean 'video'?" r.json alice/vidoe 1s
check 'a receiver misspelt' refuses "did you mean 'bob'?" \
    r.json alice/video 1s bop
check 'a receiver far off' refuses 'choose one of bob, eve' \
    r.json alice/video 1s somebody
check 'no kind' refuses 'say which: alice/' r.json alice 1s bob
check 'no such frame' refuses 'has no frame 9999; the nearest is 449' \
    r.json alice/video '#9999' bob
check 'too late' refuses 'it ends at 15.000 s' r.json alice/video 100s bob
check 'no time' refuses "'soon' is neither" r.json alice/video soon bob
check 'no lives' refuses '--frames none' none.json alice/video 1s bob
check 'no report' refuses 'this is no report' why.json alice/video 1s bob
check 'no file' refuses 'none.txt: No such file' none.txt alice/video 1s bob
head -c 100000 r.json >short.json
check 'a report cut short' refuses 'damaged' short.json alice/video 1s bob
echo '{"version": 1}' >old.json
check 'an old one' refuses 'of version 1' old.json alice/video 1s bob
echo '{"version": 99}' >new.json
check 'one of a later program' refuses 'of version 99' new.json alice/video 1s bob
check 'too few words' refuses 'give a report' r.json

# However the report is laid out, as long as its order stays.
laid_out_anew() {
    python3 -m json.tool r.json pretty.json &&
        "$E2EE_MEETING" why pretty.json alice/video '#374' bob >pretty &&
        "$E2EE_MEETING" why r.json alice/video '#374' bob >plain &&
        cmp pretty plain
}
check 'laid out anew' laid_out_anew
finish
