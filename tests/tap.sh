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

# The tests of a script in TAP, and a folder for its files. To be sourced.

set -u

nb=0
failed=0
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
log=$work/check.log

# What is shown of a check that fails: how its output begins.
why() {
    cat "$log" "$work/out" "$work/err" 2>/dev/null | head -n 40
}

check() { # DESCRIPTION COMMAND...: passes if the command does
    description=$1
    shift
    nb=$((nb + 1))
    if "$@" >"$log" 2>&1; then
        echo "ok $nb - $description"
    else
        echo "not ok $nb - $description"
        why | sed 's/^/# /'
        failed=$((failed + 1))
    fi
}

skip() { # NUMBER REASON: of checks that do not apply
    i=0
    while [ $i -lt "$1" ]; do
        nb=$((nb + 1))
        i=$((i + 1))
        echo "ok $nb # SKIP $2"
    done
}

skip_all() { # REASON
    echo "1..0 # SKIP $1"
    exit 0
}

finish() {
    echo "1..$nb"
}
