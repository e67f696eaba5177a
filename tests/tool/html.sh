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

# report.html in a real browser: it loads from disk and from nowhere else,
# shows the right counts, can be used by keyboard, in both colour schemes and
# on a phone. The meeting is made up by hand (tests/tool/hand_meeting.h).

: "${top_srcdir:=.}" "${top_builddir:=.}"
. "$top_srcdir/tests/tap.sh"

browser=
for program in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$program") || :
done
[ -n "$browser" ] || skip_all 'there is no Chromium (Debian: chromium)'
command -v python3 >/dev/null ||
    skip_all 'there is no python3 to speak to Chromium with'

# One of the meeting's expectations does not hold, and that is told.
"$top_builddir/tests/tool/hand_report" "$work/r.json" "$work/r.html" \
    2>/dev/null ||
    exit 99
python3 "$top_srcdir/tests/tool/browse_report.py" "$browser" "$work/r.html" \
    "$work/r.json"
