/*
 * This file is part of ffmpeg-e2ee.
 *
 * ffmpeg-e2ee is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ffmpeg-e2ee is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ffmpeg-e2ee; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */


#include <inttypes.h>
#include <string.h>

#include <libavutil/macros.h>

#include "why.h"

#define S(time) ((time) / 1e6) /* for %.3f */

/* The receiver as one speaks of it. */
static const char *who(const WhyReport *why, const WhyAnswer *a)
{
    return why->recording || !a->receiver ? "the recording" : a->receiver;
}

static bool was_shown(const FrameNote *n)
{
    return n->shown == SHOWN_DIFFERENT || n->shown == SHOWN_IDENTICAL;
}

static bool is_missing(const FrameNote *n)
{
    return n->fate != FATE_OPENED && n->fate != FATE_ABSENT;
}

static int find_note(const WhyAnswer *a)
{
    int i = 0;

    while (i < a->nb_notes && a->notes[i].frame < a->life.frame)
        i++;
    return i;
}

/* How the packet's story ended: whether it never came. */
static bool packet_lost(const FrameLife *l, unsigned index)
{
    bool lost = false;

    for (unsigned i = 0; i < FFMIN(l->nb_mishaps, LIFE_MISHAPS); i++)
        if (l->mishaps[i].index == index)
            lost |= mishap_is_loss(&l->mishaps[i]);
    return lost;
}

static unsigned count_lost(const FrameLife *l)
{
    unsigned nb = 0;

    for (unsigned i = 0; i < l->nb_packets; i++)
        nb += packet_lost(l, i);
    return nb;
}

static unsigned count_resent(const FrameLife *l)
{
    unsigned nb = 0;

    for (unsigned i = 0; i < FFMIN(l->nb_mishaps, LIFE_MISHAPS); i++)
        nb += !strcmp(l->mishaps[i].what, "sent again");
    return nb;
}

/* "packet 2 of 5 was", "packets 1, 3 and 4 of 5 were", "all 5 packets were" */
static void say_packets(AVBPrint *out, const FrameLife *l)
{
    unsigned nb = count_lost(l), told = 0;

    if (l->nb_packets == 1) {
        av_bprintf(out, "its only packet was");
    } else if (nb == l->nb_packets) {
        av_bprintf(out, "all %u packets were", nb);
    } else if (nb > 6) {
        av_bprintf(out, "%u of its %d packets were", nb, l->nb_packets);
    } else {
        av_bprintf(out, "packet%s", nb == 1 ? "" : "s");
        for (unsigned i = 0; i < l->nb_packets; i++) {
            if (!packet_lost(l, i))
                continue;
            av_bprintf(out, "%s %u", !told ? "" : told + 1 == nb ? " and"
                                                                 : ",", i + 1);
            told++;
        }
        av_bprintf(out, " of %d %s", l->nb_packets, nb == 1 ? "was" : "were");
    }
}

static void say_given_up(AVBPrint *out, const FrameLife *l, unsigned nb_lost)
{
    bool one = nb_lost == 1;

    if (count_resent(l))
        av_bprintf(out, " and, though %s sent again, had not come",
                   one ? "it was" : "some were");
    else
        av_bprintf(out, " and %s not sent again", one ? "was" : "were");
    if (l->gave_up >= 0)
        av_bprintf(out, "%s the jitter buffer gave up at %.3f s",
                   count_resent(l) ? " when" : " before", S(l->gave_up));
}

static void say_lost(AVBPrint *out, const WhyReport *why, const WhyAnswer *a)
{
    const FrameLife *l = &a->life;
    const char *cause  = life_loss(l);
    bool up = l->fate == FATE_LOST_UPLINK;
    unsigned nb = count_lost(l);

    if (!nb) {
        av_bprintf(out, "because %s", *cause ? cause : "it did not arrive");
        return;
    }
    av_bprintf(out, "because ");
    say_packets(out, l);
    if (why->recording)
        av_bprintf(out, " lost");
    else
        av_bprintf(out, " lost on %s's %s", up ? why->sender : who(why, a),
                   up ? "uplink" : "downlink");
    if (*cause)
        av_bprintf(out, " (%s)", cause);
    say_given_up(out, l, nb);
}

static const PacketMishap *find_late(const FrameLife *l)
{
    for (unsigned i = 0; i < FFMIN(l->nb_mishaps, LIFE_MISHAPS); i++)
        if (!strcmp(l->mishaps[i].what, "late"))
            return &l->mishaps[i];
    return NULL;
}

static void say_late(AVBPrint *out, const WhyAnswer *a)
{
    const FrameLife *l = &a->life;

    const PacketMishap *packet = find_late(l);

    av_bprintf(out, "because ");
    if (packet)
        av_bprintf(out, "its packet %d came at %.3f s, after the ones behind "
                   "it had been taken", packet->index + 1, S(packet->time));
    else if (l->arrived_last >= 0 && l->gave_up >= 0 &&
             l->arrived_last >= l->gave_up)
        av_bprintf(out, "its last packet came at %.3f s, %.0f ms after the "
                   "jitter buffer had given up", S(l->arrived_last),
                   (l->arrived_last - l->gave_up) / 1e3);
    else if (l->gave_up >= 0)
        av_bprintf(out, "it was not complete when the jitter buffer gave up "
                   "at %.3f s", S(l->gave_up));
    else
        av_bprintf(out, "it came too late");
    if (count_lost(l)) {
        av_bprintf(out, ": ");
        say_packets(out, l);
        av_bprintf(out, " lost at first (%s)", l->mishaps[0].what);
    }
}

/* What was done to the frame on its way that a filter would refuse. */
static const char *interference(const FrameLife *l)
{
    static const struct {
        const char *what, *words;
    } rows[] = {
        { "tampered",  "the server had tampered with it" },
        { "replay",    "the server had sent it a second time" },
        { "corrupted", "the network had damaged it" },
    };

    for (unsigned i = 0; i < FFMIN(l->nb_mishaps, LIFE_MISHAPS); i++)
        for (size_t j = 0; j < FF_ARRAY_ELEMS(rows); j++)
            if (!strcmp(l->mishaps[i].what, rows[j].what))
                return rows[j].words;
    return NULL;
}

/* "key 3" or, if the index is not known, "the key" */
static void say_key(AVBPrint *out, int index)
{
    if (index >= 0)
        av_bprintf(out, "key %d", index);
    else
        av_bprintf(out, "the key");
}

static void say_missing_key(AVBPrint *out, const WhyReport *why,
                            const WhyAnswer *a, int index)
{
    if (!why->recording)
        av_bprintf(out, "%s did not have ", who(why, a));
    say_key(out, index);
    av_bprintf(out, ", which it was sealed with%s",
               why->recording ? ", was not given" : "");
}

static void say_wrong_key(AVBPrint *out, const WhyReport *why,
                          const WhyAnswer *a, int index)
{
    if (!why->recording)
        av_bprintf(out, "%s's ", who(why, a));
    if (index >= 0)
        av_bprintf(out, "key %d", index);
    else
        av_bprintf(out, why->recording ? "the key" : "key");
    av_bprintf(out, " is not the one that it was sealed with");
}

static void say_refused(AVBPrint *out, const WhyReport *why,
                        const WhyAnswer *a)
{
    const FrameLife *l = &a->life;
    const char *about  = interference(l);
    int key = l->open_key_index >= 0 ? l->open_key_index : l->seal_key_index;

    av_bprintf(out, "because ");
    if (l->open_state == STATE_MISSING_KEY) {
        say_missing_key(out, why, a, key);
    } else if (l->open_state == STATE_INVALID_KEY) {
        say_wrong_key(out, why, a, key);
    } else {
        av_bprintf(out, "the filter refused it");
    }
    av_bprintf(out, " (%s%s%s)", state_name(l->open_state),
               *l->reason ? ": " : "", l->reason);
    if (about)
        av_bprintf(out, "; %s", about);
}

static void say_unsealed(AVBPrint *out, const WhyReport *why,
                         const WhyAnswer *a)
{
    const FrameLife *l = &a->life;

    if (l->seal_state == STATE_ENCRYPTION_SUCCESS)
        av_bprintf(out, "because once sealed there was nothing in it for "
                   "the codec's RTP");
    else
        av_bprintf(out, "because %s's filter did not seal it (%s%s%s)",
                   why->sender, state_name(l->seal_state),
                   *l->reason ? ": " : "", l->reason);
}

static void say_withheld(AVBPrint *out, const WhyReport *why,
                         const WhyAnswer *a)
{
    const char *cause = a->life.why;

    if (why->recording)
        av_bprintf(out, "because it is none of %s's%s%s", why->sender,
                   *cause ? ": " : "", cause);
    else
        av_bprintf(out, "because the server did not forward it%s%s%s",
                   *cause ? " (" : "", cause, *cause ? ")" : "");
}

/* The frames that were missing before this one, and that the decoder still
 * missed: "because frames 100 to 102 before it were lost on the uplink".
 * @param until  what ends the search: a frame that was shown like this */
static bool say_missing_before(AVBPrint *out, const WhyAnswer *a, Shown until)
{
    int last = find_note(a) - 1, first;

    while (last >= 0 && !is_missing(&a->notes[last]) &&
           a->notes[last].shown != until &&
           a->notes[last].shown != SHOWN_IDENTICAL)
        last--;
    if (last < 0 || !is_missing(&a->notes[last]))
        return false;
    for (first = last; first > 0 && is_missing(&a->notes[first - 1]) &&
         a->notes[first - 1].fate == a->notes[last].fate; first--)
        ;
    if (first == last)
        av_bprintf(out, " because frame %"PRIu64" before it was %s",
                   a->notes[last].frame, fate_name(a->notes[last].fate));
    else
        av_bprintf(out, " because frames %"PRIu64" to %"PRIu64" before it were "
                   "%s", a->notes[first].frame, a->notes[last].frame,
                   fate_name(a->notes[last].fate));
    return true;
}

/* What it meant for the frames behind it. */
static void say_waiting(AVBPrint *out, const WhyAnswer *a, bool itself)
{
    int i = find_note(a) + 1, nb = 0;

    while (i < a->nb_notes && !was_shown(&a->notes[i])) {
        nb += a->notes[i].shown == SHOWN_WAITING;
        i++;
    }
    if (!nb && !itself)
        return;
    if (itself)
        av_bprintf(out, ", and it waited");
    else if (nb == 1)
        av_bprintf(out, "; the frame after it waited");
    else
        av_bprintf(out, "; the %d frames after it waited", nb);
    if (i == a->nb_notes)
        av_bprintf(out, " for a key frame that did not come any more");
    else if (a->notes[i].key_frame)
        av_bprintf(out, " for the key frame at %.3f s",
                   S(a->notes[i].captured));
    else
        av_bprintf(out, " until frame %"PRIu64" at %.3f s", a->notes[i].frame,
                   S(a->notes[i].captured));
}

static void say_seen(AVBPrint *out, const WhyAnswer *a)
{
    const FrameLife *l = &a->life;

    if (l->shown == SHOWN_IDENTICAL)
        av_bprintf(out, " as it was sent");
    if (l->opened > l->captured)
        av_bprintf(out, ", %.0f ms after it was captured",
                   (l->opened - l->captured) / 1e3);
    if (l->shown == SHOWN_DIFFERENT) {
        av_bprintf(out, ", but not as it was sent");
        if (l->psnr >= 0)
            av_bprintf(out, " (PSNR %.1f dB)", l->psnr);
        say_missing_before(out, a, SHOWN_IDENTICAL);
    }
    if (count_lost(l)) {
        av_bprintf(out, "; ");
        say_packets(out, l);
        av_bprintf(out, " lost at first (%s) and came again in time",
                   l->mishaps[0].what);
    }
}

static void say_opened(AVBPrint *out, const WhyReport *why,
                       const WhyAnswer *a)
{
    const char *verb = a->life.shown == SHOWN_NOT ||
                       a->life.shown == SHOWN_WAITING ||
                       a->life.shown == SHOWN_FAILED ? "opened" : "saw";
    bool audio = strstr(why->kind, "audio") != NULL;

    if (why->recording) {
        av_bprintf(out, "frame %"PRIu64" of %s's %s opened with ",
                   a->life.frame, why->sender, why->kind);
        say_key(out, a->life.open_key_index);
    } else {
        av_bprintf(out, "%s %s frame %"PRIu64" of %s's %s", who(why, a),
                   audio && *verb == 's' ? "heard" : verb, a->life.frame,
                   why->sender, why->kind);
    }
    switch (a->life.shown) {
    case SHOWN_WAITING:
        av_bprintf(out, " but could not show it");
        if (!say_missing_before(out, a, SHOWN_DIFFERENT))
            av_bprintf(out, " because the decoder had had no key frame yet");
        say_waiting(out, a, true);
        break;
    case SHOWN_FAILED:
        av_bprintf(out, ", but the decoder refused it");
        break;
    case SHOWN_NOT:
        av_bprintf(out, why->recording ? ""
                                       : "; it was not to be decoded");
        break;
    default:
        say_seen(out, a);
    }
}

void why_sentence(AVBPrint *out, const WhyReport *why, const WhyAnswer *a)
{
    bool audio = strstr(why->kind, "audio") != NULL;

    if (!a->kept) {
        av_bprintf(out, "%s: nothing is known of frame %"PRIu64" of %s's %s: "
                   "%s.", who(why, a), why->found->frame, why->sender,
                   why->kind, strcmp(why->lives, "problems")
                   ? "it was never meant to come"
                   : "it had no problem, and only problems were kept");
        return;
    }
    if (a->life.fate == FATE_OPENED) {
        say_opened(out, why, a);
        av_bprintf(out, ".");
        return;
    }
    if (why->recording)
        av_bprintf(out, "frame %"PRIu64" of %s's %s %s ", a->life.frame,
                   why->sender, why->kind,
                   a->life.fate == FATE_REFUSED ? "did not open"
                                                : "is not there");
    else
        av_bprintf(out, "%s %s frame %"PRIu64" of %s's %s ", who(why, a),
                   audio ? "did not hear" : "did not see", a->life.frame,
                   why->sender, why->kind);
    switch (a->life.fate) {
    case FATE_UNSEALED:
        say_unsealed(out, why, a);
        break;
    case FATE_WITHHELD:
        say_withheld(out, why, a);
        break;
    case FATE_LATE:
        say_late(out, a);
        break;
    case FATE_REFUSED:
        say_refused(out, why, a);
        break;
    case FATE_ABSENT:
        av_bprintf(out, "because %s was not there", who(why, a));
        break;
    default:
        say_lost(out, why, a);
    }
    say_waiting(out, a, false);
    av_bprintf(out, ".");
}
