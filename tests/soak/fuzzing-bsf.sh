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


# FFmpeg's own fuzz target of bitstream filters, tools/target_bsf_fuzzer, for
# both of ours, with libFuzzer. Its seeds are sealed with the key that it sets.

set -eu

top=${top_srcdir:?}
source=$top/build/ffmpeg-7.1/source
command -v clang >/dev/null || { echo 'no clang'; exit 77; }
[ -f "$source/tools/target_bsf_fuzzer.c" ] || {
    echo "no patched FFmpeg in $source (./quickstart makes it)"
    exit 77
}
# From the environment, so that configure adds no flags of its own.
flags='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize=alignment,shift'
CFLAGS="-g -O1 -fno-omit-frame-pointer $flags" \
"$source/configure" --cc=clang --cxx=clang++ --disable-everything \
    --disable-autodetect --disable-doc --disable-programs --disable-x86asm \
    --disable-stripping --disable-avdevice --disable-avfilter \
    --disable-avformat --disable-swresample --disable-swscale --enable-gcrypt \
    --enable-bsf=e2ee_encrypt,e2ee_decrypt \
    --enable-ossfuzz --libfuzzer=-fsanitize=fuzzer \
    --extra-ldflags=-fsanitize=address,undefined >&2
mkdir -p tools
jobs=$(getconf _NPROCESSORS_ONLN)
for way in decrypt encrypt; do
    make -j"$jobs" "tools/target_bsf_e2ee_${way}_fuzzer" >&2
    mv "tools/target_bsf_e2ee_${way}_fuzzer" "fuzz_bsf_$way"
done
# What was found stays for the next time.
mkdir -p ../../fuzz-corpus
ln -s ../../fuzz-corpus fuzz-corpus
FUZZ_JOBS=$jobs FUZZ_MINUTES=$SOAK_MINUTES \
    sh "$top/tests/fuzz/run" ./fuzz_bsf_decrypt ./fuzz_bsf_encrypt
