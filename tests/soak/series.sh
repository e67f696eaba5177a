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


# All that is asked of the patch series, of every FFmpeg, and in one of them
# all of FFmpeg's own tests that need no samples.

set -eu

top=${top_srcdir:?}
for version in 5.1 7.1 9.0; do
    "$top/tools/build-ffmpeg" --version "$version" --fetch >&2 || {
        [ $? -ne 3 ] || echo "the source of FFmpeg $version could not be had"
        exit 77
    }
done
status=0
for version in 5.1 7.1 9.0; do
    echo "FFmpeg $version"
    SERIES_FATE=
    [ $version != 7.1 ] || SERIES_FATE=all
    export SERIES_FATE
    sh "$top/.ci/series" --full $version || status=1
done
exit $status
