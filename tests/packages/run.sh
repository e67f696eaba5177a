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


# run.sh --small | --full [SUITE...]: all tests of packages and of the tarball
# in clean roots of the suites, bookworm always among them: small with a small
# FFmpeg, full with the one that is shipped, autopkgtest, and the tarball made
# twice. Exits with 77 if this machine cannot run all of it.

top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/tests/packages
packages=$top/build/packages
case ${1-} in
--small) flags=--small profile=pkg.ffmpeg-e2ee.small ;;
--full) flags=--twice profile='' ;;
*)
    echo 'usage: run.sh --small | --full [SUITE...]' >&2
    exit 2
    ;;
esac
shift
. "$top/tests/packages/root.sh"
log=$roots/run.log
need_roots
find_media

skipped=''
run() { # SCRIPT ARGUMENT...
    echo "## $*"
    script=$1
    shift
    sh "$here/$script" "$@"
    case $? in
    0) ;;
    77) skipped="$skipped $script" ;;
    *) failed=1 ;;
    esac
}

rm -rf "$packages"
make -C "${top_builddir:-$top/build/obj}" deb \
    DEB_FLAGS="--source-only --output $packages" >"$log" 2>&1 ||
    die 'the source package could not be made'
for suite in bookworm $(printf '%s\n' "$@" | grep -vx bookworm); do
    # An empty profile is none.
    # shellcheck disable=SC2086
    run packages.sh "$suite" "$packages" $profile
    [ -n "$profile" ] || run autopkgtest.sh "$suite" "$packages"
done
run make-tarball.sh $flags "$packages"
for suite in bookworm $(printf '%s\n' "$@" | grep -vx bookworm); do
    run tarball.sh "$suite" "$packages"/*-linux-*.tar.xz
done
[ -z "$skipped" ] || [ $failed -ne 0 ] || unable "not run here:$skipped"
exit $failed
