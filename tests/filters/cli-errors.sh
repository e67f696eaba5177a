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

# What is wrong with keys, options and files is told in one line of the
# filter's own, with FFmpeg's exit status for it, and no secret is told.

. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

SECRET=Geheimnisvoll
SECRET_HEX=47656865696d6e6973766f6c6c

# FFmpeg 7 exits with the low byte of its error, 5.1 with 1.
set_statuses() {
    if has_input_filters; then
        einval=234 enoent=254 eisdir=235 eacces=243 erange=222
        invaliddata=183
    else
        einval=1 enoent=1 eisdir=1 eacces=1 erange=1 invaliddata=1
    fi
}

ours() { # the lines of the filters, without addresses
    sed -n 's/^\[e2ee_\([a-z]*\)\(_bsf\)* @ [0-9a-fx]*\] /\1: /p' err
}

one_line() { # TEXT: the filter said this and nothing else
    ours >lines
    [ "$(wc -l <lines)" -eq 1 ] && grep -q -- "$1" lines
}

no_secret() { # FILE...
    if grep -a -e "$SECRET" -e "$SECRET_HEX" "$@"; then
        echo 'the secret is in the output'
        return 1
    fi
}

refused() { # STATUS TEXT ARGUMENT...: an output that cannot be
    expected=$1
    text=$2
    shift 2
    ffmpeg -v error "$@" out.nut
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected"
        return 1
    }
    one_line "$text" && no_secret err
}

# DESCRIPTION STATUS TEXT OPTIONS: for the sender and the receiver
both_refuse() {
    check "$1 (sealing)" refused "$2" "$3" -i voice.nut -c copy \
        -bsf "e2ee_encrypt=$4"
    check "$1 (opening)" refused "$2" "$3" -i voice.nut -c copy \
        -bsf "e2ee_decrypt=$4"
}

sender_refuses() {
    check "$1" refused "$2" "$3" -i voice.nut -c copy -bsf "e2ee_encrypt=$4"
}

bad_line() { # DESCRIPTION LINE TEXT CONTENT
    # shellcheck disable=SC2059 # the content is the format
    printf "$4" >bad.key
    both_refuse "$1" $einval "Key file bad.key, line $2: $3" key_file=bad.key
}

set_statuses
make_media opus 1
mv opus.nut voice.nut
make_media h264 2
echo $SECRET >room.key
echo another >other.key
must -i voice.nut -c copy -bsf e2ee_encrypt=key_file=room.key sealed.nut
must -i h264.nut -c copy -bsf e2ee_encrypt=key_file=room.key sealed.mkv

# Keys.
both_refuse 'no key' $einval 'No key: set key_file' ''
both_refuse 'no key file' $enoent 'Key file none.key: No such file' \
    key_file=none.key
both_refuse 'a folder' $eisdir 'Key file .*: Is a directory' key_file=/
: >empty.key
both_refuse 'an empty file' $einval 'Key file empty.key: it is empty' \
    key_file=empty.key
both_refuse 'an endless file' $einval 'more than 64 KiB' key_file=/dev/zero
if [ "$(id -u)" -ne 0 ]; then
    cp room.key closed.key && chmod 0 closed.key
    both_refuse 'an unreadable file' $eacces 'Permission denied' \
        key_file=closed.key
else
    skip 2 'root may read every file'
fi
bad_line 'an empty line' 2 'there is no secret' "1:$SECRET\n\n2:x\n"
bad_line 'nothing but a line end' 1 'there is no secret' '\r\n'
bad_line 'an index without a secret' 1 'there is no secret' '3:\n'
bad_line 'an index too large' 2 'the index is not' "1:x\n256:$SECRET\n"
bad_line 'an index far too large' 1 'the index is not' "99999999999:$SECRET"
bad_line 'no hexadecimal digits' 1 'after hex:' "0:hex:$SECRET\n"
bad_line 'an odd digit' 1 'after hex:' "0:hex:${SECRET_HEX}0\n"
bad_line 'no digits' 1 'after hex:' "0:hex:\n"
bad_line 'an index twice' 2 'line 1 has set the key at index 3' \
    "3:$SECRET\n3:$SECRET\n"
bad_line 'a slot twice' 2 'line 1 has set the key at index 1 already' \
    "1:$SECRET\n17:$SECRET\n"
both_refuse 'hexadecimal that is none' $einval 'key_hex takes' \
    key_hex=4765686
both_refuse 'a raw key of another size' $einval 'kdf=raw .*has 13' \
    kdf=raw:key_file=room.key
echo "3:$SECRET" >three.key
sender_refuses 'an index without a key' $einval 'No key at key_index 0' \
    key_file=three.key

# Options.
both_refuse 'an unknown scheme' $einval 'Unknown scheme; known: .*videosdk' \
    scheme=rot13:key_file=room.key
both_refuse 'a secret in the place of the scheme' $einval \
    'Unknown scheme; .*given as key_file=FILE' "$SECRET"
both_refuse 'a key size' $einval 'key_size is 128 or 256' \
    key_size=192:key_file=room.key
both_refuse 'an index out of range' $erange "'key_index' out of range" \
    key_index=256:key_file=room.key
both_refuse 'a ring out of range' $erange "'key_ring' out of range" \
    key_ring=257:key_file=room.key
sender_refuses 'an IV too short' $einval 'iv takes 24' \
    iv=0011:key_file=room.key
sender_refuses 'an IV that is none' $einval 'iv takes 24' \
    iv=a0a1a2a3a4a5a6a70000000g:key_file=room.key
sender_refuses 'a schedule without times' $einval "key_schedule at '1'" \
    key_schedule=0@1/1:key_file=room.key
sender_refuses 'a schedule that goes back' $einval "key_schedule at '1@2'" \
    key_schedule=0@3/1@2:key_file=room.key
sender_refuses 'a schedule without a key' $einval 'no key at index 5' \
    key_schedule=5@3:key_file=room.key
check 'a codec that is not supported' refused $einval \
    "'pcm_s16le' .*not supported" -i voice.nut -c:a pcm_s16le \
    -bsf e2ee_encrypt=key_file=room.key

# Warnings.
warned() { # TEXT OPTIONS
    ffmpeg -v warning -i voice.nut -c copy -bsf "e2ee_encrypt=$2" out.nut &&
        one_line "$1"
}

cp room.key open.key
chmod 640 open.key
check 'a key file that others may read' warned 'open.key may be read by' \
    key_file=open.key
check 'a given IV' warned 'is for tests' \
    iv=a0a1a2a3a4a5a6a700000000:key_file=room.key
chmod 600 open.key
check 'nothing to warn of' ffmpeg -v warning -i voice.nut -c copy \
    -bsf e2ee_encrypt=key_file=open.key out.nut
check 'and no warning' test ! -s err

# Frames that do not open. FFmpeg takes an output without a packet for a
# success; -abort_on empty_output does not.
opens_nothing() { # STATUS ARGUMENT...
    expected=$1
    shift
    ffmpeg "$@"
    echo "exit status $status"
    [ $status -eq "$expected" ] && no_secret err
}

check 'a wrong key' opens_nothing 0 -v error -i sealed.nut -c copy \
    -bsf e2ee_decrypt=key_file=other.key out.nut
check 'a wrong key: told' one_line '0 of [0-9]* frames opened, .* InvalidKey'
check 'no key at the index' opens_nothing 0 -v error -i sealed.nut -c copy \
    -bsf e2ee_decrypt=key_index=1:key_file=other.key out.nut
check 'no key at the index: told' one_line '0 of .*MissingKey'
check 'never sealed' opens_nothing 0 -v error -i voice.nut -c copy \
    -bsf e2ee_decrypt=key_file=other.key out.nut
check 'never sealed: told' one_line '0 of .*never sealed'
check 'a wrong key and -xerror' opens_nothing 0 -v error -xerror \
    -i sealed.nut -c copy -bsf e2ee_decrypt=key_file=other.key out.nut
check 'a wrong key and -abort_on empty_output' opens_nothing $einval \
    -v error -abort_on empty_output -i sealed.nut -c copy \
    -bsf e2ee_decrypt=key_file=other.key out.nut
check 'a wrong key and on_failure=fail' opens_nothing 0 -v error \
    -i sealed.nut -c copy \
    -bsf e2ee_decrypt=on_failure=fail:key_file=other.key out.nut
check 'a wrong key, on_failure=fail and -xerror' opens_nothing $invaliddata \
    -v error -xerror -i sealed.nut -c copy \
    -bsf e2ee_decrypt=on_failure=fail:key_file=other.key out.nut
if has_input_filters; then
    check 'on input: a wrong key' opens_nothing 0 -v error \
        -bsf e2ee_decrypt=key_file=other.key -i sealed.nut -f null -
    check 'on input: a wrong key: told' one_line '0 of .*InvalidKey'
    check 'on input: on_failure=fail' opens_nothing $invaliddata -v error \
        -bsf e2ee_decrypt=on_failure=fail:key_file=other.key \
        -i sealed.nut -f null -
    check 'on input: -abort_on empty_output' opens_nothing $einval -v error \
        -abort_on empty_output -bsf e2ee_decrypt=key_file=other.key \
        -i sealed.nut -f null -
    check 'on input: no key' opens_nothing $einval -v error -bsf e2ee_decrypt \
        -i sealed.nut -f null -
    check 'on input: no key: told' one_line 'No key: set key_file'
else
    skip 6 'no filters on inputs before FFmpeg 7.0'
fi

truncated() { # CONTAINER BYTES
    head -c "$2" "sealed.$1" >"cut.$1"
    ffmpeg -v warning -i "cut.$1" -c copy \
        -bsf e2ee_decrypt=key_file=room.key out.nut
    ours >lines
    echo "exit status $status"
    [ $status -eq 0 ] && [ "$(wc -l <lines)" -le 1 ] &&
        ! grep -v 'DecryptionFailed' lines
}

check 'a NUT file cut short' truncated nut 3000
check 'a Matroska file cut short' truncated mkv 20000

# Logs.
silent() { # at every level, and in the report
    FFREPORT=file=report.log:level=56
    export FFREPORT
    ffmpeg -v trace -i voice.nut -c copy \
        -bsf "e2ee_encrypt=key_file=$1,e2ee_decrypt=key_file=$1" out.nut
    unset FFREPORT
    grep -q 'e2ee_encrypt' report.log && no_secret out err report.log out.nut
}

printf '0:text:%s\n1:%s\n2:hex:%s\n' $SECRET $SECRET $SECRET_HEX >many.key
check 'no secret in any log when it comes from a file' silent room.key
check 'nor one of many' silent many.key

finish
