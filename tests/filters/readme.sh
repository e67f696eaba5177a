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

# Runs the command lines of the README, in order, in an empty folder. They are
# the lines that begin with "    $ ", with what a "\", "||" or "|" at the end
# continues. Each has to exit with 0. The indented lines below one have to be
# among its output; "..." at either end stands for anything.

top=$(cd "${top_srcdir:-.}" && pwd)
documents=$top/README

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"
: "${E2EE_MEETING:=$top_builddir/tools/e2ee-meeting}"

for program in "$FFMPEG" "$E2EE_MEETING"; do
    case $program in
    */*) PATH=$(dirname "$program"):$PATH ;;
    esac
done
export PATH
PKG_CONFIG_PATH=$(dirname "$FFMPEG")/../lib/pkgconfig:${PKG_CONFIG_PATH-}
export PKG_CONFIG_PATH
if pkg-config --exists libavformat 2>/dev/null; then
    documents="$documents $top/doc/building.md"
fi

# Into one file a command, 001.command, and one for what it shows.
extract() {
    # shellcheck disable=SC2086 # a list of files
    awk '
        /^    \$ / && !more {
            name = sprintf("%03d", ++n)
            sub(/^    \$ /, "")
            print >(name ".command")
            printf "" >(name ".shown")
            more = /(\\|\|)$/
            until_end = /<<.?END.?$/
            inside = 1
            next
        }
        until_end {
            sub(/^    /, "")
            print >(name ".command")
            until_end = !/^END$/
            next
        }
        more {
            sub(/^    /, "")
            print >(name ".command")
            more = /(\\|\|)$/
            next
        }
        /^    / && inside {
            sub(/^    /, "")
            print >(name ".shown")
            next
        }
        { inside = 0 }
    ' $documents
}

shown() { # NAME: every line that the README shows came out
    missing=0
    while IFS= read -r line; do
        text=${line#... }
        text=${text%...}
        whole=-x
        [ "$text" = "$line" ] || whole=
        # shellcheck disable=SC2086 # none or one
        grep -qF $whole -e "$text" "../$1.log" || {
            echo "not in the output: $line"
            missing=1
        }
    done <"../$1.shown"
    return $missing
}

run() { # NAME
    sh "../$1.command" >"../$1.raw" 2>&1 </dev/null
    status=$?
    tr '\r' '\n' <"../$1.raw" >"../$1.log"
    [ $status -eq 0 ] && shown "$1" && return
    echo "exit status $status:"
    cat "../$1.command"
    tail -n 30 "../$1.log"
    return 1
}

extract
mkdir run
cd run || exit 99
cp "$top/doc/examples/seal_file.c" .

for command in ../*.command; do
    name=$(basename "$command" .command)
    description=$(head -n 1 "$command" | sed 's/ *#.*//; s/ *\\.*//')
    if ! has_input_filters && grep -q '# 7.1 and later$' "$command"; then
        skip 1 "no filters in front of inputs: $description"
    elif grep -q '^e2ee-meeting ' "$command" &&
         ! "$E2EE_MEETING" --version >/dev/null 2>&1; then
        skip 1 "e2ee-meeting is not built: $description"
    else
        check "$description" run "$name"
    fi
done
check 'the README has command lines' test "$nb" -ge 20

finish
