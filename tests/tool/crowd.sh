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


# 200 people on a network that loses, reorders, repeats and damages packets,
# with a new key every minute: every frame that was sealed is accounted for.
# tests/soak/crowd.sh is the same for a day.

top=$(cd "${top_srcdir:-.}" && pwd)
. "$top/tests/tool/common.sh"
balance=${top_builddir:-.}/tests/tool/balance

balances() {
    "$balance" report.json >sums || {
        cat sums
        return 1
    }
}

# A sum that nothing went into shows nothing.
some() { # FATE...
    for fate; do
        awk -v fate="$fate" '$1 > 0 && substr($0, 14) == fate { found = 1 }
                             END { exit !found }' sums || {
            echo "no frame was $fate"
            return 1
        }
    done
}

some_states() { # STATE...
    for state; do
        grep -q "\"states\":{[^}]*\"$state\":[1-9]" report.json || {
            echo "no $state"
            return 1
        }
    done
}

# One frame more or less.
one_off() { # EXPRESSION
    sed "0,/\"fates\":/{/\"fates\":/{$1}}" report.json >other.json
    ! cmp -s report.json other.json &&
        "$balance" other.json >out
    [ $? -eq 1 ] && cat out
}

sh "$top/tests/tool/crowd-meeting.sh" . 180 200 || exit 99

for srtp in none AEAD_AES_128_GCM; do
    check "a meeting of 200, SRTP $srtp" \
        meeting 0 crowd.json --srtp $srtp --verify open -v warning \
        -o report.json
    check 'every frame has one fate, by rows, in all and one by one' balances
    check 'frames met all fates' \
        some 'lost on the uplink' 'lost on the downlink' late withheld \
        refused opened 'not there'
    check 'and all states' some_states DecryptionSuccess DecryptionFailed \
        MissingKey InvalidKey
done
check 'a frame too much is noticed' one_off 's/"sent":/&1/'
check 'a frame without a fate is noticed' one_off 's/"opened":/&1/'
check 'a frame without a state is noticed' one_off 's/"DecryptionSuccess":/&1/'
check 'a frame without a cause is noticed' one_off 's/"frames":/&1/'

finish
