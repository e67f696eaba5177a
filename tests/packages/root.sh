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


# Clean roots of Debian releases, below build/roots, for what tests packages
# and tarballs. To be sourced; needs top. Those who ask for a root of a
# machine that cannot have one leave with status 77, skipped.

# shellcheck disable=SC2154 # top and log come from who sources this
mkdir -p "$top/build/roots"
. "$top/tests/tap.sh"
roots=$top/build/roots

why() { # a build's end says it
    tail -n 20 "$log"
}

die() { # MESSAGE
    echo "Bail out! $1"
    [ ! -f "$log" ] || why | sed 's/^/# /'
    exit 1
}

unable() { # REASON: what is needed of the network or of this machine
    [ ! -f "$log" ] || why | sed 's/^/# /'
    echo "1..0 # SKIP $1"
    exit 77
}

end() { # the plan, and an exit status that says whether all passed
    finish
    [ $failed -eq 0 ]
}

need_roots() {
    : >"$log"
    reason=''
    [ "$(id -u)" -eq 0 ] || reason='clean roots take the rights of root'
    for command in debootstrap unshare; do
        command -v $command >/dev/null ||
            reason="there is no $command to make a clean root with"
    done
    # shellcheck disable=SC2016 # expanded inside
    [ -n "$reason" ] || unshare --mount --pid --net --fork sh -c '
            mount -t proc proc "$1" && mount --rbind /dev "$1" &&
            chroot / true' sh "$work" 2>/dev/null ||
        reason='this machine lets nobody have namespaces and mounts of its own'
    [ -z "$reason" ] || unable "$reason"
}

# enter ROOT UNSHARE COMMAND...: what it starts ends with it, its mounts too.
enter() {
    root=$1
    share=$2
    shift 2
    # shellcheck disable=SC2016,SC2086 # expanded inside; options or none
    unshare --mount --pid --fork $share sh -c '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        if [ -n "${CCACHE_DIR-}" ] && [ -d "$root/ccache" ]; then
            mount --bind "$CCACHE_DIR" "$root/ccache"
        fi
        exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 \
            PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin \
            CCACHE_DIR=/ccache CCACHE_SLOPPINESS=time_macros \
            DEBIAN_FRONTEND=noninteractive ${http_proxy+"http_proxy=$http_proxy"} \
            ${https_proxy+"https_proxy=$https_proxy"} "$@"' \
        enter "$root" "$@" </dev/null
}

online() { # ROOT COMMAND...
    root=$1
    shift
    enter "$root" '' "$@"
}

offline() { # ROOT COMMAND...
    root=$1
    shift
    enter "$root" --net "$@"
}

install_into() { # ROOT PACKAGE...
    root=$1
    shift
    online "$root" apt-get -q update &&
        online "$root" apt-get -q -y install --no-install-recommends "$@"
}

# The archive that this machine's apt uses for Debian itself.
archive_uri() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(LABEL)|$(REPO_URI)' \
            'Created-By: Packages' |
        awk -F '|' '$1 == "Debian" { print $2; exit }'
}

# base_root SUITE: prints where a minimal root is, made once.
base_root() {
    base=$roots/$1
    if [ ! -d "$base" ]; then
        rm -rf "$base.new"
        mkdir -p "$roots"
        debootstrap --variant=minbase "$1" "$base.new" "$(archive_uri)" \
            >"$log" 2>&1 || return 1
        # How this machine reaches it; not the files, which packages bring.
        apt-config dump | grep -E '^Acquire::(Check-|Retries|https?:)' \
            >"$base.new/etc/apt/apt.conf.d/99machine"
        cp /etc/resolv.conf "$base.new/etc/" || :
        offline "$base.new" true >>"$log" 2>&1 || return 1
        mv "$base.new" "$base"
    fi
    echo "$base"
}

# derived_root NAME BASE PACKAGES: a copy of it with these, made again when
# they are others.
derived_root() {
    derived=$roots/$1
    if [ "$(cat "$derived.packages" 2>/dev/null)" != "$3" ]; then
        rm -rf "$derived" "$derived.packages"
        cp -a "$2" "$derived"
        case $3 in
        *ccache*) mkdir "$derived/ccache" ;;
        esac
        # shellcheck disable=SC2086 # a list
        install_into "$derived" $3 >"$log" 2>&1 || return 1
        echo "$3" >"$derived.packages"
    fi
    echo "$derived"
}

# A clip of a camera and a person's speech, of Debian packages that are
# installed or that quickstart has unpacked. Sets clip and speech.
find_media() {
    clip=''
    speech=''
    for dir in "" "$top"/build/media/*; do
        for file in \
            usr/lib/python3/dist-packages/imageio/resources/images/cockatoo.mp4 \
            usr/share/pymecavideo/data/video/balle-jbart.mp4; do
            [ ! -f "$dir/$file" ] || clip=$dir/$file
        done
        file=usr/share/sounds/alsa/Front_Center.wav
        [ ! -f "$dir/$file" ] || speech=$dir/$file
    done
    if [ -z "$clip" ] || [ -z "$speech" ]; then
        unable 'no media: run ./quickstart first'
    fi
}

put_media() { # ROOT: what seal-and-open takes, in the root's /tmp
    cp "$clip" "$1/tmp/clip.mp4"
    cp "$speech" "$1/tmp/speech.wav"
    cp "$top/debian/tests/seal-and-open" "$1/tmp/"
}
