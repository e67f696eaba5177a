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

#include <libavutil/error.h>
#include <libavutil/opt.h>

#include "media/frame_filter.h"
#include "parts.h"

/* A filter takes a key when the next packet comes. One without any bytes goes
 * through and makes it take the key now, before another one is set. */
static int take_key(AVBSFContext *filter)
{
    AVPacket *packet = av_packet_alloc();
    int ret = AVERROR(ENOMEM);

    if (!packet)
        return ret;
    if (av_packet_new_side_data(packet, AV_PKT_DATA_STRINGS_METADATA, 1)) {
        packet->side_data[0].data[0] = 0;
        ret = av_bsf_send_packet(filter, packet);
    }
    if (ret >= 0)
        ret = av_bsf_receive_packet(filter, packet);
    av_packet_free(&packet);
    return ret == AVERROR(EAGAIN) ? 0 : ret;
}

static int set_key(AVBSFContext *filter, const KeyEvent *event)
{
    int64_t used = 0;
    int ret;

    av_opt_get_int(filter->priv_data, "key_index", 0, &used);
    if ((ret = av_opt_set_int(filter->priv_data, "key_index", event->index,
                              0)) < 0 ||
        (ret = key_apply(&event->key, filter->priv_data)) < 0 ||
        (ret = take_key(filter)) < 0)
        return ret;
    if (event->type == KEY_EVENT_SET)
        return 0;
    return av_opt_set_int(filter->priv_data, "key_index", used, 0);
}

int key_event_apply(AVBSFContext *filter, const KeyEvent *event)
{
    bool sealer = !strcmp(filter->filter->name, "e2ee_encrypt");

    switch (event->type) {
    case KEY_EVENT_SET:
    case KEY_EVENT_ADD:
        return set_key(filter, event);
    case KEY_EVENT_USE:
        return av_opt_set_int(filter->priv_data, "key_index", event->index,
                              0);
    case KEY_EVENT_RATCHET:
        return sealer ? av_opt_set_int(filter->priv_data, "ratchet", 1, 0)
                      : 0;
    case KEY_EVENT_DISABLE:
    case KEY_EVENT_ENABLE:
        return av_opt_set_int(filter->priv_data, "enabled",
                              event->type == KEY_EVENT_ENABLE, 0);
    default:
        return AVERROR_BUG;
    }
}
