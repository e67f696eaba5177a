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

# bash completion of e2ee-meeting. Commands and options are what --help says,
# so they are those of the program that is installed; only the words that an
# option takes are listed here.

declare -gA _e2ee_meeting_help

# Help of a command, or of the program if it is empty; asked once a shell.
_e2ee_meeting_ask()
{
    local key=$1/$2

    if [[ ! -v _e2ee_meeting_help[$key] ]]; then
        if [[ $2 ]]; then
            _e2ee_meeting_help[$key]=$("$1" "$2" --help 2>/dev/null)
        else
            _e2ee_meeting_help[$key]=$("$1" --help 2>/dev/null)
        fi
    fi
    REPLY=${_e2ee_meeting_help[$key]}
}

# What may follow an option, one word each; nothing: a file or free text.
_e2ee_meeting_words()
{
    case $1/$2 in
    lint/--level)
        echo info warning error
        ;;
    */-v | */--level | */--verbosity)
        echo quiet error warning info verbose debug trace
        ;;
    */--frames)
        echo all problems none
        ;;
    */--scheme)
        echo dave jitsi livekit nextcloud sframe stream videosdk
        ;;
    */--codec)
        echo vp8 vp9 h264 hevc av1
        ;;
    */--verify)
        echo decode open none
        ;;
    */--sfu)
        echo mediasoup livekit janus jitsi
        ;;
    */--srtp)
        echo AES_CM_128_HMAC_SHA1_80 AES_CM_128_HMAC_SHA1_32 \
            AEAD_AES_128_GCM AEAD_AES_256_GCM none
        ;;
    esac
}

_e2ee_meeting()
{
    local program=$1 current=${COMP_WORDS[COMP_CWORD]}
    local before=${COMP_WORDS[COMP_CWORD - 1]} command='' words REPLY

    COMPREPLY=()
    # --level=info comes as three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $before == = && $COMP_CWORD -ge 2 ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD == 1)); then
        _e2ee_meeting_ask "$program" ''
        words=$(sed -n 's/^  \([a-z-][a-z-]*\)  *.*/\1/p' <<<"$REPLY")
    else
        command=${COMP_WORDS[1]}
        words=$(_e2ee_meeting_words "$command" "$before")
        if [[ ! $words && $current == -* ]]; then
            _e2ee_meeting_ask "$program" "$command"
            words=$(sed -n 's/^\(-., \|    \) *\(--[a-z0-9-]*\).*/\2/p' \
                <<<"$REPLY")
        fi
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o bashdefault -o default -F _e2ee_meeting e2ee-meeting
