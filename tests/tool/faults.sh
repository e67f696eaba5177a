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


# What goes wrong around e2ee-meeting: no memory, libgcrypt that fails, files
# that cannot be read, disks that are full, readers that go away, signals. It
# says so in a line, nothing half-written stands under its final name, and the
# same command again does it all. FAULT_STEP: every nth call only.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"
: "${E2EE_MEETING:=$top_builddir/tools/e2ee-meeting}"
"$E2EE_MEETING" --version >/dev/null 2>&1 || skip_all 'there is no tool'
: "${FAULT_STEP:=60}"
preload=$top_builddir/tests/faults/interpose.so
LD_PRELOAD=$preload "$E2EE_MEETING" --version 2>&1 | grep -q '^e2ee' ||
    skip_all 'calls cannot be made to fail here (sanitizers?)'
can_trace=no
! strace -qq -o /dev/null true 2>/dev/null || can_trace=yes

# shellcheck disable=SC2154 # ffmpeg-common.sh
must -f lavfi -i "$tone:duration=0.4" -c:a libopus voice.ogg
# What a browser sealed and a server recorded; FFmpeg's demuxers take no memory
# for the end of a file.
echo 'correct horse battery staple' >room.key
cp "$top_srcdir/tests/vectors/captures/small-vp8/audio.mjr" .
cat >scenario.json <<'END'
{
    "participants": [
        { "name": "a", "tracks": [ { "kind": "audio", "file": "voice.ogg" } ] },
        { "name": "b" }
    ]
}
END

# What each subcommand is tried with; outputs are named out.*
command_of() {
    case $1 in
    lint) echo lint audio.mjr ;;
    open) echo open --key-file room.key -o out.mkv audio.mjr ;;
    probe) echo probe --key-file room.key audio.mjr ;;
    run) echo run --join a=voice.ogg --join b --seed 1 --threads 1 \
             --srtp none -o out.json --html out.html --pcap out.pcap ;;
    streams) echo streams audio.mjr ;;
    summary) echo summary usual/out.json ;;
    validate) echo validate scenario.json ;;
    why) echo why usual/out.json a/audio '#3' ;;
    esac
}

tool() { # COMMAND: output in out and err, the status in status
    # shellcheck disable=SC2046 # the words are the arguments
    "$E2EE_MEETING" $(command_of "$1") >out 2>err </dev/null
    status=$?
}

# faulty KIND:N[:ACTION] COMMAND. What stdio reads and writes cannot be
# interposed, the kernel has to refuse it.
faulty() {
    rm -f fault.log
    case $1 in
    read:*)
        for file in audio.mjr room.key scenario.json voice.ogg usual/out.json
        do
            set -- "$@" -P "$work/$file"
        done
        set -- "$@" -e "inject=read:error=EIO:when=${1#*:}" ;;
    write:*) set -- "$@" -e "inject=write:error=ENOSPC:when=${1#*:}" ;;
    esac
    # shellcheck disable=SC2046,SC2086 # the words are the arguments
    if [ $# -gt 2 ]; then
        arguments=$(command_of "$2")
        shift 2
        strace -qq -o fault.log "$@" \
            "$E2EE_MEETING" $arguments >out 2>err </dev/null
    else
        timeout --preserve-status -s ABRT 120 env "E2EE_FAULT=$1" \
            E2EE_FAULT_LOG=fault.log "LD_PRELOAD=$preload" \
            "$E2EE_MEETING" $(command_of "$2") >out 2>err </dev/null
    fi
    status=$?
}

keep_usual() { # COMMAND
    tool "$1"
    [ $status -eq 0 ] || return 1
    rm -f "usual/$1.out"
    cp out "usual/$1.out"
    for file in out.*; do
        [ ! -f "$file" ] || mv "$file" usual/
    done
}

# Only whole files stand under the final names. Reports say what failed.
files_are_whole() { # COMMAND
    case $1 in
    run)
        if [ -e out.json ]; then
            "$E2EE_MEETING" summary out.json >/dev/null
            [ $? -le 1 ] || return 1
        fi
        [ ! -e out.html ] || tail -n 1 out.html | grep -q '</html>' ;;
    # With exit status 1 it says what is not in it.
    open)
        [ ! -e out.mkv ] || [ "$status" -eq 1 ] ||
            cmp usual/out.mkv out.mkv ;;
    esac
}

nothing_beside() { # no temporary files
    rm -f out.pcap.sdp
    ! ls out.*.* 2>/dev/null
}

# What it crashed in or did not come out of: the library or, in a program that
# holds FFmpeg's, the function. The C library does so for others.
crashed_in() {
    grep '^in ' fault.log |
        grep -v -e '^in libc\.' -e '^in interpose' -e '^in ld-' |
        while read -r _ object offset; do
            case $object in
            lib*) echo "$object" ;;
            *) addr2line -f -e "$E2EE_MEETING" "$(printf %x "$offset")" |
                   head -n 1 ;;
            esac
        done | grep -v '^av_log' | head -n 1
}

# Libraries that end the process when they get no memory are not ours, nor are
# these functions of FFmpeg's.
by_library() {
    where=$(crashed_in)
    case $where in
    lib* | avio_read | ff_sdp_parse | ffurl_closep | ogg_packet) ;;
    *) echo "it crashed in ${where:-an unknown place}"; return 1 ;;
    esac
}

# FFmpeg's demuxers and depacketizers take a lack of memory for the end of a
# file or a lost packet, and nobody can tell what is read the less. What
# libgcrypt refuses to probe is a key that does not fit.
sees_less() { # KIND COMMAND
    case $1:$2 in
    alloc:lint | alloc:open | alloc:probe | alloc:streams | gcrypt:probe) ;;
    *) return 1 ;;
    esac
}

# The call failed: either it made no difference, or that is said in a line.
told() { # COMMAND KIND WHAT
    case $status in
    0)
        sees_less "$2" "$1" || cmp -s out "usual/$1.out" && return
        # It could not read the keys again, to try what it says.
        [ "$2" = read ] && grep -v 'once the key file is as said' out |
            cmp -s - usual/probe.out && return
        echo "$3: it went well, and yet the output is another"
        return 1 ;;
    1 | 3) # not all is well, and the output says what
        [ -s err ] || [ "$1" = probe ] && return
        echo "$3: exit status $status and no word"
        return 1 ;;
    2) # libgpg-error has a line of its own.
        grep -v '^failed to allocate memory' err >lines
        if [ "$(grep -c '^e2ee-meeting: ' lines)" -eq 1 ] ||
           sees_less "$2" "$1"
        then
            return
        fi
        echo "$3: not one line:"
        cat err
        return 1 ;;
    134 | 139)
        by_library && return
        echo "$3: exit status $status"
        cat err fault.log
        return 1 ;;
    *)
        echo "$3: exit status $status"
        cat err
        return 1 ;;
    esac
}

# one_fails KIND:N COMMAND
one_fails() {
    told "$2" "${1%%:*}" "$1" || return 1
    if ! sees_less "${1%%:*}" "$2" && ! files_are_whole "$2"; then
        echo "$1: half-written"
        return 1
    fi
    [ $status -ge 128 ] || nothing_beside || {
        echo "$1: a temporary file is left"
        return 1
    }
}

# sweep KIND COMMAND STEP: every call of a kind fails in turn
sweep() {
    n=1 failures=0 bad=0
    while :; do
        rm -f out.*
        faulty "$1:$n" "$2"
        grep -q -e fired -e INJECTED fault.log || break
        one_fails "$1:$n" "$2" || bad=$((bad + 1))
        failures=$((failures + 1))
        n=$((n + $3))
    done
    echo "# $2, $1: $failures calls failed, one after the other" >&3
    [ $failures -gt 0 ] && [ $bad -eq 0 ]
}

mkdir usual
for command in run lint open probe streams summary validate why; do
    check "$command as usual" keep_usual $command
done
exec 3>&1
for command in lint open probe run streams summary validate why; do
    step=$FAULT_STEP
    case $command in why) step=$((5 * step)) ;; esac
    check "$command: allocations fail" sweep alloc $command "$step"
    step=$(((FAULT_STEP + 19) / 20))
    if [ $can_trace = yes ]; then
        check "$command: reads fail" sweep read $command $step
        check "$command: writes fail" sweep write $command $step
    else
        skip 2 'no strace, or it may not trace'
    fi
done
for command in open run; do
    check "$command: libgcrypt fails" sweep gcrypt $command \
        $(((FAULT_STEP + 3) / 4))
done
check 'probe: libgcrypt fails' sweep gcrypt probe $((10 * FAULT_STEP))

# --- no room ---

limited() { # BLOCKS COMMAND: no file is larger
    # shellcheck disable=SC2046 # the words are the arguments
    (
        ulimit -f "$1"
        exec "$E2EE_MEETING" $(command_of "$2") >/dev/null 2>err </dev/null
    )
    status=$?
}

full() { # COMMAND: with ever more room, until it is enough
    blocks=1 failures=0
    while [ $blocks -lt 4000 ]; do
        rm -f out.*
        limited $blocks "$1"
        [ $status -ne 0 ] || break
        failures=$((failures + 1))
        told "$1" room "$blocks blocks" && files_are_whole "$1" || return 1
        [ $status -eq 2 ] || return 1
        nothing_beside || return 1
        blocks=$((blocks + 1 + blocks / 5))
    done
    echo "# $1: $failures sizes of disks were too small" >&3
    [ $failures -gt 2 ]
}

no_room_on_stdout() { # COMMAND
    # shellcheck disable=SC2046 # the words are the arguments
    "$E2EE_MEETING" $(command_of "$1") >/dev/full 2>err </dev/null
    status=$?
    told "$1" room /dev/full && [ $status -eq 2 ]
}

no_reader() { # COMMAND: standard output is a pipe that nobody reads
    rm -f out.*
    mkfifo pipe
    (
        exec 4<>pipe
        # shellcheck disable=SC2046 # the words are the arguments
        "$E2EE_MEETING" $(command_of "$1") >pipe 2>err </dev/null 4>&- &
        exec 4<&-
        wait $!
    )
    status=$?
    rm pipe
    told "$1" room pipe && [ $status -eq 2 ] && files_are_whole "$1"
}

check 'open: a full disk' full open
check 'run: a full disk' full run
for command in lint open probe run streams summary validate why; do
    check "$command: no room on standard output" no_room_on_stdout $command
done
check 'streams: nobody reads' no_reader streams
check 'run: nobody reads' no_reader run

# --- signals at any point ---

random() { # BELOW: a number, the same ones in the same order each time
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    number=$((seed / 65536 % $1))
}

# What a run that is not disturbed gives.
same_as_usual() { # COMMAND
    case $1 in
    open) cmp out.mkv usual/out.mkv ;;
    run)
        cmp out.json usual/out.json && cmp out.html usual/out.html &&
            cmp out.pcap usual/out.pcap ;;
    esac
}

nothing_made() {
    ! ls out.* 2>/dev/null
}

killed() { # COMMAND ACTION TIMES
    faulty "alloc:0" "$1"
    calls=$(sed -n 's/^alloc //p' fault.log)
    stopped=0 i=0
    while [ $i -lt "$3" ]; do
        i=$((i + 1))
        rm -f out.*
        # One is when all is done but to say so.
        random "$calls"
        point=$((i > 1 ? number + 1 : calls))
        faulty "alloc:$point:$2" "$1"
        case $2:$status in
        kill:137) stopped=$((stopped + 1)) ;;
        # Without a word before the tool listens.
        int:130 | term:130 | term:143)
            stopped=$((stopped + 1))
            if ! nothing_made || { [ -s err ] && [ $status -eq 130 ] &&
                                   ! grep -q interrupted err; }; then
                echo "at $point: interrupted, and yet"
                ls out.*
                cat err
                return 1
            fi ;;
        int:0 | term:0) same_as_usual "$1" || return 1 ;;
        int:2) ;;
        *) echo "at $point: exit status $status"; cat err; return 1 ;;
        esac
        files_are_whole "$1" || { echo "at $point: half-written"; return 1; }
        tool "$1"
        if [ $status -ne 0 ] || ! same_as_usual "$1"; then
            echo "at $point: not the same after it"
            return 1
        fi
    done
    echo "# $1, SIG$2: stopped $stopped times of $3" >&3
    [ $stopped -gt 0 ]
}

# What it has is not all that there is.
interrupted_while_it_waits() {
    rm -f out.*
    mkfifo pipe
    "$E2EE_MEETING" open --key-file room.key -o out.mkv - <pipe >out 2>err &
    tool=$!
    exec 4>pipe
    head -c 5000 audio.mjr >&4
    wait_for_reader $tool && kill -TERM $tool
    wait $tool
    status=$?
    exec 4>&-
    rm pipe
    [ $status -eq 130 ] && grep interrupted err && nothing_made
}

wait_for_reader() { # PID: until it has read the pipe empty, and reads on
    tries=0
    while [ $tries -lt 200 ]; do
        case $(cat "/proc/$1/wchan" 2>/dev/null) in
        *pipe_read*) return ;;
        esac
        sleep 0.05
        tries=$((tries + 1))
    done
    return 1
}

check 'open: SIGTERM while it waits for input' interrupted_while_it_waits
seed=${FAULT_SEED:-1}
times=$((360 / FAULT_STEP))
for command in open run; do
    for action in int term kill; do
        check "$command: SIG$action" killed $command $action $times
    done
done

finish
