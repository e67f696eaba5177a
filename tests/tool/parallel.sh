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

# An archive of rooms opened under GNU parallel, as doc/archives.md shows it:
# on this machine, then over two hosts by ssh, one of which dies half way.
#
# The hosts are network namespaces, each with a link to a third one from
# which parallel runs, an sshd, and a disk of its own (a directory that is
# mounted over $work/disk in its mount namespace).

. "${top_srcdir:-.}/tests/tool/common.sh"

PATH=$PATH:/usr/sbin:/sbin
for program in ip parallel rsync ssh ssh-keygen sshd; do
    command -v $program >/dev/null || skip_all "there is no $program"
done
[ "$(id -u)" = 0 ] || skip_all 'only root makes network namespaces'
sshd=$(command -v sshd)

ns=e2ee$$
processes= # of sshd, by host
made_run_sshd=

# Everything that runs in a namespace was started by this test.
kill_host() { # NAMESPACE
    for pid in $(ip netns pids "$1"); do
        kill -9 "$pid" 2>/dev/null
    done
}

clean_up() {
    for host in a b c; do
        [ ! -e "/run/netns/$ns$host" ] || kill_host "$ns$host"
    done
    for process in $processes; do
        wait "$process" 2>/dev/null
    done
    for host in a b c; do
        ip netns del "$ns$host" 2>/dev/null
    done
    [ -z "$made_run_sshd" ] || rmdir /run/sshd
    rm -rf "$work"
}
trap clean_up EXIT

link() { # HOST NUMBER: from namespace c, 10.231.NUMBER.1, to .2
    ip netns add "$ns$1" &&
        ip -n "${ns}c" link add "to$1" type veth \
            peer name eth0 netns "$ns$1" &&
        ip -n "${ns}c" addr add "10.231.$2.1/24" dev "to$1" &&
        ip -n "$ns$1" addr add "10.231.$2.2/24" dev eth0 &&
        ip -n "${ns}c" link set "to$1" up &&
        ip -n "$ns$1" link set eth0 up &&
        ip -n "$ns$1" link set lo up
}

{
    ip netns add "${ns}c" && link a 1 && link b 2
} 2>link.log || skip_all "no network namespaces here: $(head -n 1 link.log)"

[ -d /run/sshd ] || { mkdir /run/sshd && made_run_sshd=1; }
umask 077
mkdir disk home
ssh-keygen -q -t ed25519 -N '' -f login
ssh-keygen -q -t ed25519 -N '' -f host
cat >sshd_config <<EOF
Port 2222
HostKey $work/host
AuthorizedKeysFile $work/login.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv HOME=$work/disk
EOF
cat >ssh_config <<EOF
Host a
    HostName 10.231.1.2
Host b
    HostName 10.231.2.2
Host *
    Port 2222
    User root
    IdentityFile $work/login
    IdentitiesOnly yes
    UserKnownHostsFile $work/known
    StrictHostKeyChecking accept-new
    BatchMode yes
    ConnectTimeout 1
    ServerAliveInterval 1
    ServerAliveCountMax 2
EOF

start_host() { # HOST
    mkdir "disk-$1"
    ip netns exec "$ns$1" sh -c "mount --bind '$work/disk-$1' '$work/disk' &&
        exec '$sshd' -D -e -f '$work/sshd_config'" 2>"sshd-$1.log" &
    processes="$processes $!"
}

reach_host() { # HOST
    tries=0
    until ip netns exec "${ns}c" ssh -F ssh_config "$1" true 2>ssh.log; do
        tries=$((tries + 1))
        [ $tries -lt 25 ] || return 1
        sleep 0.2
    done
}

start_host a
start_host b
for host in a b; do
    reach_host $host || skip_all "no login by ssh here: $(cat ssh.log)"
done

# --- an archive of ten rooms ---

echo 'correct horse battery staple' >room.key
make_media call.nut -f lavfi -i testsrc2=size=96x64:rate=5:duration=15 \
    -f lavfi -i sine=duration=15 -pix_fmt yuv420p -g 5 \
    -c:v libvpx -deadline realtime -ar 48000 -c:a libopus
mkdir rooms
room=0
while [ $room -lt 10 ]; do
    room=$((room + 1))
    make_media "rooms/$room.nut" -ss $room -t 2 -i call.nut -c copy \
        -bsf e2ee_encrypt=key_file=room.key
done

all_there() { # FOLDER: every room's output, whole, and its result
    room=0
    while [ $room -lt 10 ]; do
        room=$((room + 1))
        grep -q '"status":"all"' "$1/$room.json" || return 1
        "$FFMPEG" -nostdin -v error -xerror -i "$1/$room.mkv" -f null - ||
            return 1
    done
    [ "$(find "$1" -type f | wc -l)" -eq 20 ]
}

identifiers() { # FOLDER: which change if a file is written anew
    (cd "$1" && ls -i)
}

parallel() {
    HOME=$work/home command parallel --will-cite "$@"
}

# --- on this machine ---

on_one_machine() {
    parallel --joblog here.log \
        "$E2EE_MEETING" open --key-file room.key --resume \
        --result 'here/{/.}.json' -o 'here/{/.}.mkv' -v error '{}' \
        ::: rooms/*.nut
}

mkdir here
check 'parallel on one machine' on_one_machine
check 'opens every room' all_there here
identifiers here >before
check 'run again it has nothing to do' on_one_machine
identifiers here >after
check 'and does nothing' cmp before after
rm here/7.mkv here/3.json
check 'what is missing' on_one_machine
check 'is made again' all_there here
check 'and nothing else' test \
    "$(identifiers here | diff - before | grep -c '^<')" -le 4

# --- over two hosts, one of which dies ---

kill_half_way() {
    until [ "$(find there -name '*.mkv' | wc -l)" -ge 4 ]; do
        [ -e finished ] && return
        sleep 0.05
    done
    ip -n "${ns}b" link set eth0 down
    kill_host "${ns}b"
    find there -name '*.mkv' | wc -l >killed_after
}

# The result is returned last: where it is, the output is, too. parallel itself
# does not notice when a host dies between a job and the return of its files.
left() {
    for room in rooms/*.nut; do
        name=$(basename "$room" .nut)
        [ -e "there/$name.json" ] || echo "$room"
    done
}

# The pause gives the host time to die within a job.
over_hosts() { # HOSTS
    left | HOME=$work/home ip netns exec "${ns}c" parallel --will-cite \
        --ssh "ssh -F $work/ssh_config" --sshlogin "$1" \
        --workdir "$work/disk" --basefile room.key \
        --transferfile '{}' \
        --return 'there/{/.}.mkv' --return 'there/{/.}.json' \
        --cleanup --retries 2 --joblog +there.log \
        mkdir -p there '&&' sleep 0.3 '&&' \
        "$E2EE_MEETING" open --key-file room.key \
        --result 'there/{/.}.json' -o 'there/{/.}.mkv' -v error '{}'
}

over_dying_hosts() {
    kill_half_way &
    killer=$!
    over_hosts 2/a,2/b
    touch finished
    wait $killer
}

mkdir there
check 'parallel over two hosts' over_dying_hosts
check 'one of which died half way' test "$(cat killed_after)" -lt 10
check 'with jobs of both in the log' test \
    "$(awk '$2 ~ /^[ab]$/ { print $2 }' there.log | sort -u | wc -l)" -eq 2
check 'again with the host that lives' over_hosts 2/a
check 'nothing is lost' all_there there
summed_up() {
    "$E2EE_MEETING" summary there/*.json >out && grep -q '^10 of 10 whole' out
}
check 'one report of all of them' summed_up
check 'a room comes out the same wherever it is opened' \
    cmp here/5.mkv there/5.mkv
check 'the disk of the host that lived is clean' test \
    -z "$(find disk-a -type f)"

finish
