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


# Passphrases and keys in the memory, logs, reports, outputs and core dumps of
# programs as they are: ffmpeg and e2ee-meeting, stopped while they seal or open
# and again before they end.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"
: "${E2EE_MEETING:=$top_builddir/tools/e2ee-meeting}"
preload=$top_builddir/tests/faults/interpose.so
scan=$top_builddir/tests/filters/scan_memory
LD_PRELOAD=$preload "$E2EE_MEETING" --version 2>&1 | grep -q '^e2ee' ||
    skip_all 'no calls can be waited for here (sanitizers?)'

make_media opus 1
mv opus.nut voice.nut
must -i voice.nut -c copy voice.ogg
secret=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
echo "$secret" >room.key
must -i voice.nut -c copy -bsf e2ee_encrypt=key_file=room.key sealed.nut
must -i voice.nut -c copy -bsf e2ee_encrypt=key_file=room.key sealed.mkv

until_stopped() { # waits for $pid
    tries=0
    until grep -q '^State:[^a-zA-Z]*T' "/proc/$pid/status"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] && kill -0 $pid || return 1
        sleep 0.1
    done
}

# look KIND:N PROGRAM ARGUMENT...: places in alive and ended
look() {
    fault=$1
    shift
    E2EE_FAULT=$fault:stop E2EE_FAULT_END=1 LD_PRELOAD=$preload \
        "$@" >program.out 2>program.err </dev/null &
    pid=$!
    until_stopped || { cat program.err; return 1; }
    "$scan" "/proc/$pid" room.key >alive || return
    kill -CONT $pid
    sleep 0.2
    until_stopped || return 1
    "$scan" "/proc/$pid" room.key >ended || return
    kill -CONT $pid
    wait $pid
}

elsewhere() { # FILE: places that are not secure memory
    sort "$1" | uniq -c | grep -v ': secure$'
}

clean() { # after look
    cat program.err
    elsewhere alive && return 1
    grep -q ': secure$' alive || { echo 'no key at all'; return 1; }
    elsewhere ended && return 1
    ! grep . ended
}

looks_clean() {
    look "$@" && clean
}

calls() { # PROGRAM ARGUMENT...: of libgcrypt; all but a few
    rm -f calls.log
    E2EE_FAULT_LOG=calls.log LD_PRELOAD=$preload "$@" >/dev/null 2>&1 </dev/null
    echo $(($(sed -n 's/^gcrypt //p' calls.log) - 5))
}

seal() { # OPTIONS: arguments of ffmpeg
    echo "-nostdin -y -v trace -i voice.nut -c copy -bsf e2ee_encrypt=$1 out.nut"
}

meet='run --join a=voice.ogg --join b --key-file room.key --threads 1 -v trace'
open='open --key-file room.key -v trace -o out.mkv sealed.mkv'

if ! look seal:3 "$FFMPEG" -nostdin -y -i voice.nut -c copy \
        -bsf e2ee_encrypt=key_file=room.key out.nut >look.log 2>&1; then
    sed 's/^/# /' look.log
    skip_all 'the memory of another process cannot be read here'
fi
export FFREPORT=file=report.log:level=56
# shellcheck disable=SC2046,SC2086 # the words are the arguments
{
check 'ffmpeg seals, key_file' looks_clean seal:9 "$FFMPEG" \
    $(seal key_file=room.key)
set -- -nostdin -y -v trace -i sealed.nut -c copy \
    -bsf e2ee_decrypt=key_file=room.key opened.nut
check 'ffmpeg opens, key_file' looks_clean \
    "gcrypt:$(calls "$FFMPEG" "$@")" "$FFMPEG" "$@"
check 'e2ee-meeting run' looks_clean seal:9 "$E2EE_MEETING" $meet -o out.json
check 'e2ee-meeting open' looks_clean \
    "gcrypt:$(calls "$E2EE_MEETING" $open)" "$E2EE_MEETING" $open
}

said_nowhere() { # FILE...
    ! grep -al -e "$secret" \
        -e "$(printf %s "$secret" | od -An -tx1 | tr -d ' \n')" \
        -e "$(printf %s "$secret" | base64)" "$@"
}

check 'outputs, logs at trace level and FFREPORT' said_nowhere report.log \
    program.out program.err out.nut opened.nut out.json out.mkv
unset FFREPORT

# With key= FFmpeg keeps copies of its command line; the filter's are wiped.
only_ffmpegs() {
    # shellcheck disable=SC2046
    look seal:9 "$FFMPEG" $(seal "key=$secret") || return 1
    elsewhere alive >places
    sed 's/^/# key=: /' places >&3
    grep -v 'passphrase, [rp]a' places && return 1
    grep -q '\[stack\]' places
}

exec 3>&1
check 'ffmpeg with key=: only the passphrase, where FFmpeg keeps arguments' \
    only_ffmpegs

cores_of() { # PROGRAM ARGUMENT...: aborted while it seals
    rm -f core core.*
    (
        # shellcheck disable=SC3045 # dash, bash and busybox have it
        ulimit -c unlimited
        E2EE_FAULT=seal:9:abrt LD_PRELOAD=$preload "$@" >/dev/null 2>&1 \
            </dev/null
    ) >/dev/null 2>&1
    ls core core.* 2>/dev/null
}

no_secret_in_core() {
    ! grep -al "$secret" core*
}

# shellcheck disable=SC2046,SC2086 # the words are the arguments
if [ -n "$(cores_of "$FFMPEG" $(seal key_file=room.key))" ]; then
    check 'a core dump of ffmpeg holds no secret' no_secret_in_core
    check 'e2ee-meeting makes none' test -z \
        "$(cores_of "$E2EE_MEETING" $meet)"
else
    skip 2 "core dumps go elsewhere: $(cat /proc/sys/kernel/core_pattern)"
fi

finish
