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


# Sealed RTP from one ffmpeg to another, on the loopback of a network namespace
# of its own: it is received as it was sent, and opens.

if [ -z "${RTP_NAMESPACE-}" ]; then
    if unshare -n true 2>/dev/null && command -v ip >/dev/null; then
        RTP_NAMESPACE=own exec unshare -n sh "$0"
    fi
    echo '1..0 # SKIP a network namespace of its own needs root and ip'
    exit 0
fi
ip link set lo up || exit 99
. "${top_srcdir:-.}/tests/ffmpeg-common.sh"

# Codec, kind, streams, format and parameters as SDP has them. FFmpeg without
# its patch finds the size of VP8 in one stream of three.
formats='
h264  video  1  H264/90000    packetization-mode=1
opus  audio  1  opus/48000/2  sprop-stereo=1
vp8   video  6  VP8/90000     max-fr=30
'
port=5006
echo 'a passphrase of this room' >room.key

describe() { # KIND FORMAT PARAMETERS
    printf '%s\r\n' v=0 'o=- 0 0 IN IP4 127.0.0.1' s=- \
        'c=IN IP4 127.0.0.1' 't=0 0' "m=$1 $port RTP/AVP 96" \
        "a=rtpmap:96 $2" "a=fmtp:96 $3" >in.sdp
}

# until_udp QUEUE: the receiver has the port, and so much is left to be read.
until_udp() {
    row="^ *[0-9]*: [0-9A-F]*:$(printf %04X $port) [^ ]* [^ ]* [0-9A-F]*:$1 "
    tries=0
    until grep -q "$row" /proc/net/udp; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || return 1
        sleep 0.05
    done
}

# RR and BYE, at which the receiver ends, whatever it has not read.
say_bye() {
    until_udp 00000000 && perl -MIO::Socket::INET -e '
        IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1",
                              PeerPort => $ARGV[0])
            ->send(pack("H*", "80c900010000000181cb000100000001"))' \
        $((port + 1))
}

# Size and checksum of each packet.
packets() { # FILE
    grep '^[0-9]' "$1" | cut -d, -f 5,6
}

transmit() { # CODEC
    ffmpeg -v error -i "$1.nut" -c copy \
        -bsf e2ee_encrypt=key_file=room.key sealed.nut || return 1
    rm -f received opened
    timeout 120 "$FFMPEG" -nostdin -v error \
        -protocol_whitelist file,udp,rtp -i in.sdp \
        -c copy -f framecrc received -c copy \
        -bsf e2ee_decrypt=key_file=room.key -f framecrc opened \
        >receiver 2>&1 </dev/null &
    receiver=$!
    until_udp '[0-9A-F]*' || return 1
    ffmpeg -v error -re -i sealed.nut -c copy -f rtp -payload_type 96 \
        "rtp://127.0.0.1:$port?pkt_size=1200" && say_bye
    sent=$?
    [ $sent -eq 0 ] || kill $receiver
    wait $receiver && return $sent
    cat receiver
    return 1
}

as_sent() { # CODEC
    ffmpeg -v error -i sealed.nut -c copy -f framecrc sent -c copy \
        -bsf e2ee_decrypt=key_file=room.key -f framecrc meant || return 1
    for pair in sent:received meant:opened; do
        packets "${pair%:*}" >want
        packets "${pair#*:}" >got
        [ -s want ] && diff want got || return 1
    done
}

arrives() { # CODEC TIMES
    times=$2
    while [ "$times" -gt 0 ]; do
        times=$((times - 1))
        transmit "$1" && as_sent || return 1
    done
}

while read -r codec kind streams format parameters; do
    [ -n "$codec" ] || continue
    if [ "$codec" = vp8 ] && [ "${major:-99}" -lt 7 ]; then
        skip 1 "FFmpeg's parsers tell no size before 7.1"
        continue
    fi
    make_media "$codec" 0.4
    describe "$kind" "$format" "$parameters"
    check "$codec, streams: $streams" arrives "$codec" "$streams"
done <<END
$formats
END

finish
