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

# The runner of what takes hours: counts, order, figures, failures, limits.

top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top/tests/tap.sh"
unset SOAK_MINUTES SOAK_DIR

# A table of steps made for this test.
steps() {
    mkdir -p "$work/steps"
    cat >"$work/steps/steps" <<'TABLE'
# a comment

bad 1 fails
good 7 works
lacks 1 has nothing to work with
TABLE
    printf '%s\n' 'echo half a figure' 'echo secret cause >&2' 'exit 9' \
        >"$work/steps/bad.sh"
    # Single quotes: for the step to expand.
    # shellcheck disable=SC2016
    printf '%s\n' 'echo "$SOAK_MINUTES minutes, $(ls | wc -l) files"' \
        >"$work/steps/good.sh"
    printf '%s\n' 'echo no such program' 'exit 77' >"$work/steps/lacks.sh"
}

soak() { # STATUS ARGUMENT...
    expected=$1
    shift
    rm -rf "$work/out"
    sh "$top/tests/soak/run" --steps "$work/steps" --output "$work/out" "$@" \
        >"$work/stdout" 2>"$work/stderr"
    status=$?
    cat "$work/stdout" "$work/stderr"
    [ $status -eq "$expected" ]
}

prints() { # LINE: a whole line of the last run
    grep -qxF -e "$1" "$work/stdout"
}

goes_on() {
    soak 1 && prints '1 passed, 1 failed, 1 skipped' &&
        prints 'passed  good' && prints 'skipped lacks: no such program' &&
        prints "failed  bad: status 9 ($work/out/bad.log)"
}

figures() {
    soak 0 good && prints '1 passed, 0 failed, 0 skipped' &&
        [ "$(cat "$work/out/good.txt")" = '7 minutes, 0 files' ]
}

own_minutes() {
    soak 0 --minutes 3 good && prints '    3 minutes, 0 files'
}

logs() {
    soak 1 bad && grep -q 'secret cause' "$work/out/bad.log" &&
        ! grep -q 'secret cause' "$work/out/bad.txt"
}

lists() {
    soak 0 --list && [ "$(wc -l <"$work/stdout")" -eq 3 ] &&
        [ ! -e "$work/out/good.txt" ]
}

wrong() { # ARGUMENT...
    soak 2 "$@" && [ "$(wc -l <"$work/stderr")" -eq 1 ]
}

# Every step of the real table has its script, and the other way round.
table() {
    sh "$top/tests/soak/run" --list | sed 's/ .*//' | sort >"$work/rows"
    (cd "$top/tests/soak" && ls ./*.sh) | sed 's|^\./\(.*\)\.sh$|\1|' |
        sort >"$work/scripts"
    diff "$work/rows" "$work/scripts"
}

steps
check 'goes on after a failure, counts, exits with 1' goes_on
check 'one step; its figures are kept' figures
check 'minutes for all' own_minutes
check 'standard error is the log' logs
check 'the list' lists
check 'a step that is not there' wrong nothing
check 'minutes that are no number' wrong --minutes soon
check 'an option that is not there' wrong --fast
check 'the table and the scripts agree' table
finish
