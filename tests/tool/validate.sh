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

# Scenarios are checked without being run: the good ones pass, the bad ones
# are refused, and the JSON Schema is of the same opinion.

top=$(cd "${top_srcdir:-.}" && pwd)
. "$top/tests/tool/common.sh"

validate() { # STATUS FILE...: output in out and err
    expected=$1
    shift
    "$E2EE_MEETING" validate "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: e2ee-meeting validate $*"
        return 1
    }
}

# One scenario a line: into files of their own, n.json.
split() { # FILE FOLDER
    mkdir "$2"
    awk -v folder="$2" '{ print > (folder "/" NR ".json");
                          close(folder "/" NR ".json") }' "$1"
}

one_line() { # FILE: nothing but one line of the right form
    [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] &&
        grep -qE "^e2ee-meeting: $1:[0-9]+:[0-9]+: " err
}

one_line_each() {
    for file in bad/*.json; do
        if ! validate 2 "$file" || ! one_line "$file"; then
            cat "$file"
            return 1
        fi
    done
}

ready_ones() {
    validate 0 "$top"/tools/scenarios/*.json
    [ "$(grep -c ': ok: ' out)" -eq 8 ] && [ ! -s err ]
}

make_media screen.webm -filter_complex testsrc2=size=64x64:rate=5:duration=2 \
    -pix_fmt yuv420p -c:v libvpx
split "$top/tests/scenarios/good.jsonl" good
split "$top/tests/scenarios/bad.jsonl" bad

check 'good scenarios' validate 0 good/*.json
check 'each is said to be' test "$(grep -c ': ok: ' out)" = \
    "$(find good -name '*.json' | wc -l)"
check 'what is in it is counted' \
    grep -q '^good/1.json: ok: 2 participants, 2 tracks, 9 s$' out
check 'nothing on standard error' test ! -s err
check 'bad scenarios, one line each' one_line_each
check 'one bad among good ones' validate 2 good/1.json bad/5.json good/2.json
check 'the good ones are told all the same' test "$(wc -l <out)" = 2
check 'the ready scenarios' ready_ones

echo 'not json' >no.json
check 'no JSON' validate 2 no.json
check 'no JSON: told' grep -q 'no.json:1:1: ' err
check 'no file' validate 2 none.json
check 'no file: told' grep -q 'none.json: No such file' err
check 'no argument' validate 2
check 'no argument: told' grep -q 'give one scenario file' err
check 'help' "$E2EE_MEETING" validate --help

echo '{"duration": 1, "scheme": "rot13", "participants": [{"name": "a",
    "tracks": {"kind": "audio"}}, {"name": "b"}]}' >scheme.json
check 'a scheme that is none' validate 2 scheme.json
check 'a scheme that is none: told' grep -q 'rot13' err
track() { # MEMBERS: a scenario with that track
    echo '{"duration": 1, "participants": [{"name": "a", "tracks": {' \
        "$1" '}}, {"name": "b"}]}' >track.json
}

track '"kind": "video", "file": "screen.webm", "stream": "v:1"'
check 'a stream that is not there' validate 2 track.json
check 'a stream that is not there: told' grep -q 'screen.webm: .*v:1' err
track '"kind": "audio", "file": "screen.webm"'
check 'a file without sound' validate 2 track.json
track '"kind": "video", "file": "track.json"'
check 'a file that is no media' validate 2 track.json
track '"kind": "video", "generate": "testsrc3"'
check 'a source that is not there' validate 2 track.json
check 'a source that is not there: told' grep -q "generate 'testsrc3'" err

umask 077
echo 'correct horse battery staple' >room.key
echo '{"duration": 1, "key": {"file": "room.key"}, "participants": [{"name":
    "a", "tracks": {"kind": "audio"}}, {"name": "b", "key": {"environment":
    "SCENARIO_KEY"}}]}' >keys.json
check 'a variable that is not there' validate 2 keys.json
check 'a variable that is not there: told' \
    grep -q 'keys.json:2:61: .*SCENARIO_KEY' err
SCENARIO_KEY='another secret altogether'
export SCENARIO_KEY
check 'keys of a file and the environment' validate 0 keys.json
check 'no secret is told' test -z "$(cat out err |
    grep -E 'horse|altogether')"
printf 'first\n300:second\n' >room.key
check 'a key file that is wrong' validate 2 keys.json
check 'a key file that is wrong: told' grep -q 'room.key, line 2' err

# python3 -m jsonschema would do, but its exit status differs by version.
cat >agree.py <<'END'
import glob, json, sys
import jsonschema

schema = json.load(open(sys.argv[1] + '/tools/schemas/scenario.schema.json'))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = 0
for name in glob.glob(sys.argv[1] + '/tools/scenarios/*.json') + \
        glob.glob('good/*.json'):
    for error in validator.iter_errors(json.load(open(name))):
        print(name, error.message)
        wrong = 1
for name in glob.glob('bad/*.json'):
    if validator.is_valid(json.load(open(name))):
        print(name, open(name).read())
        wrong = 1
sys.exit(wrong)
END
if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' \
    2>/dev/null; then
    check 'the schema agrees' python3 agree.py "$top"
else
    skip 1 'there is no python3-jsonschema'
fi

finish
