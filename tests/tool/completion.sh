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

# The bash completion offers all commands and options that --help names, and
# for an option no word that the program would refuse.

. "${top_srcdir:-.}/tests/tool/common.sh"

command -v bash >/dev/null || skip_all 'there is no bash'
completion=$(cd "${top_srcdir:-.}" && pwd)/tools/completion/e2ee-meeting.bash
ln -s "$E2EE_MEETING" e2ee-meeting

# What bash would offer, one a line. The last word is the one to complete.
cat >complete.bash <<'END'
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_e2ee_meeting "$1" "${COMP_WORDS[COMP_CWORD]}"
printf '%s\n' "${COMPREPLY[@]}"
END

offer() { # WORD...: in offered
    bash complete.bash "$completion" ./e2ee-meeting "$@" >offered 2>err &&
        [ ! -s err ]
}

offers() { # WANTED WORD...: exactly those
    wanted=$1
    shift
    offer "$@" && [ "$(tr '\n' ' ' <offered)" = "$wanted " ]
}

# Counted by another rule than the completion goes by.
commands=$("$E2EE_MEETING" --help | awk '/^  [a-z]/ { print $1 }')
all_commands() {
    offer '' && for word in $commands; do
        grep -qx -e "$word" offered || return 1
    done
}
check 'all commands' all_commands
check 'one by its start' offers summary summ

all_options() { # COMMAND
    "$E2EE_MEETING" "$1" --help |
        awk '/^ *-/ { for (i = 1; i <= NF && i <= 2; i++)
                          if ($i ~ /^--/) print $i }' >named
    offer "$1" -- && [ -s named ] && sort -u named >a &&
        sort -u offered >b && cmp a b
}
for command in $commands; do
    check "all options of $command" all_options "$command"
done

check 'a level' offers 'verbose' run -v verb
check 'a level behind an equals sign' offers 'verbose' run --level = verb
check 'which level lint exits for' offers 'info warning error' lint --level ''
check 'files are left to bash' offers '' run --key-file ''

# The words are those that the help names or the program takes.
known() { # COMMAND OPTION
    offer "$1" "$2" '' || return 1
    while read -r word; do
        "$E2EE_MEETING" "$1" --help | grep -qw -e "$word" ||
            grep -qrE "\"$word\"" "${top_srcdir:-.}/tools" \
                "${top_srcdir:-.}/libavcodec-bsf" || {
            echo "$1 $2 $word"
            return 1
        }
    done <offered
}
check 'words of --level' known lint --level
check 'words of --frames' known open --frames
check 'words of --scheme' known run --scheme
check 'words of --codec' known run --codec
check 'words of --verify' known run --verify
check 'words of --sfu' known run --sfu
check 'words of --srtp' known run --srtp
finish
