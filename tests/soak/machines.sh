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

# The core's tests on other machines, and on some the filters' and the tool's.

top=${top_srcdir:?}
# Its lines of a machine and its counts; the logs are in build/machines.
{
    sh "$top/.ci/machines"
    status=$?
    sh "$top/.ci/machines" --ffmpeg i386 arm64 || status=1
} >machines.log 2>&1
cat machines.log >&2
grep -E 'passed|SKIPPED|NOT RUN' machines.log
exit $status
