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

# report.json against its schema, of a meeting made up by hand and of what
# `run` and `open` write; events.ndjson against it, too; the same bytes each
# time; no key in any of them.

. "${top_srcdir:-.}/tests/tool/common.sh"

schema=${top_srcdir:-.}/tools/schemas/report.schema.json
python3 -c 'import jsonschema' 2>/dev/null ||
    skip_all 'there is no python3 with jsonschema'

cat >validate.py <<'END'
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as file:
        if name.endswith(".ndjson"):
            # Each line is what an element of events is.
            whole = dict(schema, **{"$ref": "#/$defs/event"})
            for member in ("properties", "required", "additionalProperties"):
                whole.pop(member)
            values = [json.loads(line) for line in file]
        else:
            whole, values = schema, [json.load(file)]
    assert values, name
    validator = jsonschema.Draft202012Validator(whole)
    for value in values:
        for error in validator.iter_errors(value):
            sys.exit(f"{name}: {list(error.absolute_path)}: {error.message}")
END

valid() {
    python3 validate.py "$schema" "$@"
}

hand() { # FILE ARGUMENT...
    "${top_builddir:-.}/tests/tool/hand_report" "$@" 2>/dev/null
}

hand hand.json ''
check 'made up by hand' valid hand.json
hand problems.json '' 4 problems
check 'with problems only' valid problems.json
hand none.json '' 3 none
check 'without frames' valid none.json

refused() { # FILE: the schema can say no
    ! valid "$1"
}
sed 's/"lost_uplink":3/"lost_uplink":"3"/' hand.json >wrong.json
check 'a wrong one is told' refused wrong.json

umask 077
echo '0:text:a key that nobody may see' >room.key
make_media sealed.nut -f lavfi -i testsrc2=size=192x144:rate=15:duration=2 \
    -c:v libvpx -deadline realtime -cpu-used -8 -lag-in-frames 0 \
    -auto-alt-ref 0 -g 10 \
    -bsf:v e2ee_encrypt=key_file=room.key

open_sealed() { # REPORT
    "$E2EE_MEETING" open --key-file room.key -o "$1.mkv" --json "$1.json" \
        --ndjson "$1.ndjson" --html "$1.html" sealed.nut -v error
}
check 'a recording' open_sealed a
check 'its report' valid a.json a.ndjson
track=$(python3 -c '
import json
row = json.load(open("a.json"))["received"][0]
print(row["sender"] + "/" + row["kind"])')
check 'why works on it' "$E2EE_MEETING" why a.json "$track" 1s
cp a.json first.json
check 'the same recording again' open_sealed a
check 'gives the same bytes' cmp first.json a.json

hold() { # REPORT
    "$E2EE_MEETING" run --key-file room.key --join alice=camera.webm \
        --join bob --duration 1 --json "$1.json" --ndjson "$1.ndjson" \
        --html "$1.html" -v error
}
make_media camera.webm -f lavfi -i testsrc2=size=192x144:rate=15:duration=2 \
    -c:v libvpx -deadline realtime -lag-in-frames 0 -auto-alt-ref 0 -g 10
if "$E2EE_MEETING" run --help | grep -q -- '--json '; then
    check 'a meeting' hold m
    check 'its report' valid m.json m.ndjson
    cp m.json first.json
    check 'the same meeting again' hold m
    check 'gives the same bytes' cmp first.json m.json
fi

no_key() {
    ! grep -l 'nobody may see' ./*.json ./*.ndjson ./*.html
}
check 'no key is in any of them' no_key
finish
