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

#include <string.h>

#include <libavutil/common.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "explain.h"
#include "probe.h"
#include "report/log.h"

#define SEARCH_AT  8   /* frames of a group, then it is searched for a key */
#define FAILED_MAX 8   /* frames that are kept of those that do not open */
#define GROUPS_MAX 320 /* 256 key indexes, and key ids of SFrame */

static ProbeTrack *add_track(Probe *probe, const InputTrack *input)
{
    ProbeTrack **grown = av_realloc_array(probe->tracks,
                                          probe->nb_tracks + 1,
                                          sizeof(*grown));
    ProbeTrack *track;

    if (!grown)
        return NULL;
    probe->tracks = grown;
    track = av_mallocz(sizeof(*track));
    if (!track)
        return NULL;
    grown[probe->nb_tracks++] = track;
    track->input = input;
    return frame_view_init(&track->view, input->par) < 0 ? NULL : track;
}

static ProbeTrack *get_track(Probe *probe, const InputTrack *input)
{
    for (int i = 0; i < probe->nb_tracks; i++)
        if (probe->tracks[i]->input == input)
            return probe->tracks[i];
    return add_track(probe, input);
}

Group *probe_group(const ProbeTrack *track, WireFormat format, uint64_t id)
{
    for (int i = 0; i < track->nb_groups; i++)
        if (track->groups[i]->format == format && track->groups[i]->id == id)
            return track->groups[i];
    return NULL;
}

Group *probe_add_group(ProbeTrack *track, WireFormat format, uint64_t id)
{
    Group *group = probe_group(track, format, id), **grown;

    if (group || track->nb_groups == GROUPS_MAX)
        return group ? group : track->groups[0];
    grown = av_realloc_array(track->groups, track->nb_groups + 1,
                             sizeof(*grown));
    if (!grown)
        return NULL;
    track->groups = grown;
    group = av_mallocz(sizeof(*group));
    if (!group)
        return NULL;
    group->format = format;
    group->id     = id;
    grown[track->nb_groups++] = group;
    return group;
}

static int key_index(const Group *group)
{
    return group->format == WIRE_TRAILER || group->format == WIRE_STREAM ?
           (int)group->id : -1;
}

static void note_opened(Group *group, const E2EEFrame *frame)
{
    const Trial *o = group->opener;
    unsigned steps = trial_steps(o);
    const char *form = trial_form_text(o);

    if (!group->nb_opened++)
        group->first_steps = steps;
    group->last_steps = steps;
    group->rule = trial_rule_text(o);
    group->nb_short_codes += form && o->session.last_attempt % 3 == 1;
    group->nb_delimiter   += form && o->session.last_attempt % 3 == 2;
    if (group->format == WIRE_TRAILER)
        group->nb_zero_lost += !group->id &&
                               frame->data[frame->size - 1] == E2EE_IV_SIZE;
}

static int keep_failed(Group *group, const Sample *sample,
                       const E2EEFrame *frame)
{
    group->nb_failed++;
    if (group->failed.nb == FAILED_MAX)
        sample_drop(&group->failed);
    return sample_add(&group->failed, frame, sample->time, sample->number,
                      sample->tail, sample->tail_size);
}

/* The sender may have gone ahead in its ratchet. */
static enum E2EEReason open_ahead(Probe *probe, Group *group,
                                  const E2EEFrame *frame, E2EEOutput *out)
{
    Trial *old = group->opener, *ahead;
    Settings found;

    if (group->format != WIRE_TRAILER ||
        !search_ahead(probe->search, &old->settings, &found, frame))
        return E2EE_DAMAGED;
    ahead = trial_alloc(&found, frame->codec);
    if (!ahead)
        return E2EE_NO_MEMORY;
    group->opener = ahead;
    trial_free(&old);
    return trial_open(ahead, frame, out);
}

/* The sample says what goes with the frame besides its bytes. */
static int open_one(Probe *probe, ProbeTrack *track, Group *group,
                    const E2EEFrame *frame, const Sample *sample)
{
    E2EEOutput out;
    enum E2EEReason reason = trial_open(group->opener, frame, &out);

    if (reason == E2EE_DAMAGED || reason == E2EE_WRONG_KEY)
        reason = open_ahead(probe, group, frame, &out);
    switch (reason) {
    case E2EE_OK:
        track->nb_opened++;
        note_opened(group, frame);
        return 0;
    case E2EE_REPLAYED:
        group->nb_repeated++;
        return 0;
    case E2EE_INJECTED:
        track->nb_injected++;
        group->nb--;
        return 0;
    case E2EE_NO_MEMORY:
        return AVERROR(ENOMEM);
    default:
        return keep_failed(group, sample, frame);
    }
}

static int open_samples(Probe *probe, ProbeTrack *track, Group *group)
{
    int ret = 0;

    for (int i = 0; i < group->samples.nb && ret >= 0; i++) {
        const Sample *s = &group->samples.samples[i];
        E2EEFrame frame = sample_frame(s, track->view.codec);

        ret = group->opener ? open_one(probe, track, group, &frame, s) :
                              keep_failed(group, s, &frame);
    }
    return ret;
}

/* Frames that were not told apart so far are SFrame's after all. */
static int split_sframe(ProbeTrack *track, Group *group)
{
    SampleList all = group->samples;
    int ret = 0;

    group->samples = (SampleList){ 0 };
    for (int i = 0; i < all.nb && ret >= 0; i++) {
        E2EEFrame frame = sample_frame(&all.samples[i], track->view.codec);
        Group *own = group;
        WireFrame wire;

        wire_read(&wire, &frame);
        if (wire.has_sframe)
            own = probe_add_group(track, WIRE_SFRAME, wire.kid);
        if (!own)
            ret = AVERROR(ENOMEM);
        else if ((ret = sample_add(&own->samples, &frame,
                                   all.samples[i].time,
                                   all.samples[i].number, NULL, 0)) >= 0 &&
                 own != group) {
            group->nb--;
            if (!own->nb++)
                own->first = all.samples[i].time;
            own->last = all.samples[i].time;
        }
    }
    sample_list_free(&all);
    return ret;
}

static int search_group(Probe *probe, ProbeTrack *track, Group *group)
{
    Settings found;
    int ret = 0;

    group->searched = true;
    if (!search_frames(probe->search, &found, track->view.codec,
                       group->format, key_index(group), &group->samples))
        return open_samples(probe, track, group);
    if (group->format == WIRE_PLAIN) {
        ret = split_sframe(track, group);
        for (int i = 0; i < track->nb_groups && ret >= 0; i++)
            if (track->groups[i]->format == WIRE_SFRAME)
                ret = search_group(probe, track, track->groups[i]);
        return ret < 0 ? ret : open_samples(probe, track, group);
    }
    group->opener = trial_alloc(&found, track->view.codec);
    return group->opener ? open_samples(probe, track, group) : AVERROR(ENOMEM);
}

static bool has_sframe(const ProbeTrack *track)
{
    for (int i = 0; i < track->nb_groups; i++)
        if (track->groups[i]->format == WIRE_SFRAME)
            return true;
    return false;
}

/* Where others have lost a final 00, the length of the IV is the last byte,
 * and the IV's own last one can look like it. */
static bool ends_in_length(const ProbeTrack *track, const WireFrame *wire)
{
    return wire->format == WIRE_TRAILER && wire->key_index == E2EE_IV_SIZE &&
           track->survey.nb_zero_lost &&
           !probe_group(track, WIRE_TRAILER, E2EE_IV_SIZE);
}

static Group *group_of(ProbeTrack *track, const WireFrame *wire)
{
    if (wire->has_sframe && has_sframe(track))
        return probe_add_group(track, WIRE_SFRAME, wire->kid);
    if (ends_in_length(track, wire))
        return probe_add_group(track, WIRE_TRAILER, 0);
    return probe_add_group(track, wire->format,
                     wire->key_index >= 0 ? (uint64_t)wire->key_index : 0);
}

/* DAVE's servers and clients make this silence, and do not seal it. */
static bool is_silence(const ProbeTrack *track, const E2EEFrame *frame)
{
    static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };

    return frame->codec == E2EE_CODEC_OPUS &&
           frame->size == sizeof(silence) &&
           !memcmp(frame->data, silence, sizeof(silence)) &&
           track->survey.nb_format[WIRE_DAVE];
}

static int take_frame(Probe *probe, ProbeTrack *track, const E2EEFrame *frame,
                      const WireFrame *wire, const Sample *sample)
{
    Group *group = group_of(track, wire);
    int ret;

    if (!group)
        return AVERROR(ENOMEM);
    if (!group->nb++)
        group->first = sample->time;
    group->last = sample->time;
    if (group->opener)
        return open_one(probe, track, group, frame, sample);
    if (group->searched)
        return keep_failed(group, sample, frame);
    ret = sample_add(&group->samples, frame, sample->time, sample->number,
                     sample->tail, sample->tail_size);
    if (ret < 0 || group->samples.nb < SEARCH_AT)
        return ret;
    return search_group(probe, track, group);
}

int probe_frame(Probe *probe, const InputTrack *input,
                const AVPacket *packet, const InputFrame *info)
{
    const Sample sample = { .time = info->time, .number = info->number,
                            .tail = (uint8_t *)info->tail,
                            .tail_size = info->tail_size };
    ProbeTrack *track = get_track(probe, input);
    E2EEFrame frame;
    WireFrame wire;
    int ret;

    if (!track)
        return AVERROR(ENOMEM);
    if (!info->whole)
        return 0;
    ret = frame_view_get(&track->view, packet, &frame);
    if (ret < 0)
        return ret;
    if (!track->nb_frames++)
        track->first = info->time;
    track->last = info->time;
    wire_read(&wire, &frame);
    survey_add(&track->survey, &frame, &wire);
    if (wire.format == WIRE_EMPTY) {
        track->nb_empty++;
        return 0;
    }
    if (wire.format == WIRE_INJECTED || is_silence(track, &frame)) {
        track->nb_injected++;
        return 0;
    }
    return take_frame(probe, track, &frame, &wire, &sample);
}

/* Indexes that a few frames seem to have in a track without a trailer, or
 * beside one, are accidents. */
static bool worth_search(const ProbeTrack *track, const Group *group)
{
    return group->format == survey_format(&track->survey) ||
           survey_sealed(&track->survey) == SEALED_UNKNOWN ||
           group->nb * 20 > track->nb_frames;
}

static void free_group(Group *group)
{
    sample_list_free(&group->samples);
    sample_list_free(&group->failed);
    trial_free(&group->opener);
    av_free(group);
}

/* One SFrame in 256 ends in what reads as a trailer. */
static int join_sframe(Probe *probe, ProbeTrack *track, Group *group)
{
    SampleList all = group->samples;
    int ret = 0;

    group->samples = (SampleList){ 0 };
    for (int i = 0; i < all.nb && ret >= 0; i++) {
        const Sample *sample = &all.samples[i];
        E2EEFrame frame = sample_frame(sample, track->view.codec);
        Group *own;
        WireFrame wire;

        wire_read(&wire, &frame);
        own = wire.has_sframe ? probe_group(track, WIRE_SFRAME, wire.kid)
                              : NULL;
        if (own && own->opener) {
            group->nb--;
            own->nb++;
            own->first = FFMIN(own->first, sample->time);
            ret = open_one(probe, track, own, &frame, sample);
        } else {
            ret = sample_add(&group->samples, &frame, sample->time,
                             sample->number, sample->tail,
                             sample->tail_size);
        }
    }
    sample_list_free(&all);
    return ret;
}

static void drop_empty_groups(ProbeTrack *track)
{
    int nb = 0;

    for (int i = 0; i < track->nb_groups; i++) {
        if (track->groups[i]->nb)
            track->groups[nb++] = track->groups[i];
        else
            free_group(track->groups[i]);
    }
    track->nb_groups = nb;
}

static int finish_group(Probe *probe, ProbeTrack *track, Group *group)
{
    if (group->searched)
        return 0;
    if (group->format == WIRE_TRAILER && has_sframe(track)) {
        int ret = join_sframe(probe, track, group);

        if (ret < 0 || !group->nb)
            return ret;
    }
    if (worth_search(track, group))
        return search_group(probe, track, group);
    group->searched = true;
    return open_samples(probe, track, group);
}

/* What begins damaged may go on well. */
static int search_again(Probe *probe, ProbeTrack *track, Group *group)
{
    Settings found;

    if (group->opener || group->nb <= SEARCH_AT ||
        !worth_search(track, group) || group->format == WIRE_PLAIN ||
        !search_frames(probe->search, &found, track->view.codec,
                       group->format, key_index(group), &group->failed))
        return 0;
    group->opener = trial_alloc(&found, track->view.codec);
    if (!group->opener)
        return AVERROR(ENOMEM);
    sample_list_free(&group->samples);
    group->samples = group->failed;
    group->failed  = (SampleList){ 0 };
    group->nb_failed -= group->samples.nb;
    return open_samples(probe, track, group);
}

int probe_finish(Probe *probe)
{
    int ret = 0;

    for (int i = 0; i < probe->nb_tracks && ret >= 0; i++) {
        ProbeTrack *track = probe->tracks[i];

        log_progress("looking for the keys of track %d of %d", i + 1,
                     probe->nb_tracks);
        for (int j = 0; j < track->nb_groups && ret >= 0; j++) {
            ret = finish_group(probe, track, track->groups[j]);
            if (ret >= 0)
                ret = search_again(probe, track, track->groups[j]);
        }
        drop_empty_groups(track);
        if (ret >= 0)
            ret = explain_track(probe, track);
    }
    log_progress_clear();
    return ret;
}

static void free_track(ProbeTrack *track)
{
    for (int i = 0; i < track->nb_groups; i++)
        free_group(track->groups[i]);
    for (int i = 0; i < track->nb_filters; i++)
        av_freep(&track->filters[i].text);
    av_freep(&track->groups);
    av_freep(&track->filters);
    finding_list_free(&track->findings);
    frame_view_free(&track->view);
    av_free(track);
}

void probe_free(Probe *probe)
{
    for (int i = 0; i < probe->nb_tracks; i++)
        free_track(probe->tracks[i]);
    av_freep(&probe->tracks);
    probe->nb_tracks = 0;
}
