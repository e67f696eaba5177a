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

# The ready scenarios: their expectations hold, and the same seed gives the
# same meeting.

top=$(cd "${top_srcdir:-.}" && pwd)
. "$top/tests/tool/common.sh"
ready=$top/tools/scenarios

# The same scenario and seed, the same bytes.
same() { # SCENARIO ARGUMENT...
    scenario=$ready/$1.json
    shift
    meeting 0 "$scenario" --ndjson first.ndjson -o first.json &&
        meeting 0 "$scenario" --ndjson second.ndjson -o second.json "$@" &&
        cmp first.json second.json && cmp first.ndjson second.ndjson
}

other_seed() {
    meeting 0 "$ready/$1.json" --seed 2 -o other.json &&
        ! cmp -s first.json other.json
}

held() { # how many expectations there were, and all held
    awk '/ expectations held$/ { found = $1 > 0 && $1 == $3 }
         END { exit !found }' out
}

for scenario in "$ready"/*.json; do
    name=$(basename "$scenario" .json)
    check "$name" meeting 0 "$scenario"
    check "$name: something was expected, and it held" held
    check "$name: nothing on standard error" test ! -s err
done

check 'the same again' same malicious-server
check 'the same with one thread and with four' same lossy-room --threads 4
check 'another seed, another meeting' other_seed lossy-room
check 'a seed of the report' grep -q '"seed":"2"' other.json

cat >wrong.json <<'END'
{"duration": 2, "participants": [
  {"name": "alice", "tracks": {"kind": "audio"}}, {"name": "bob"},
  {"name": "eve", "key": "none"}],
 "expect": [{"receiver": "bob", "opened": 1},
   {"receiver": "eve", "opened": 1}]}
END
check 'an expectation that does not hold' meeting 1 wrong.json
check 'is told with its line' grep -q 'wrong.json:5.*eve' err
check 'and is the only one' test "$(wc -l <err)" = 1
ROOM_KEY="one more secret"
export ROOM_KEY
check 'a scenario and options' meeting 0 wrong.json --key-env ROOM_KEY \
    --key eve=room

finish
