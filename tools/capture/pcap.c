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


/* Captures by libpcap: pcap and pcapng, whatever their byte order. */

#include <string.h>

#include <pcap/pcap.h>

#include <libavutil/common.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>

#include "packet_layers.h"
#include "record.h"
#include "report/log.h"

#define MAX_SECONDS (INT64_C(1) << 36) ///< keeps times within 64 bits

static bool pcap_detect(const uint8_t *head, size_t size)
{
    /* With times in us and ns, as libpcap writes it; with Kuznetzov's
     * extension; pcapng. */
    static const uint32_t magics[] = {
        0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x0a0d0d0a
    };

    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
        if (size >= 4 &&
            (AV_RB32(head) == magics[i] || AV_RL32(head) == magics[i]))
            return true;
    return false;
}

static int pcap_open_file(Capture *c)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_fopen_offline(c->file->stream, error);
    const char *name;

    if (!pcap) {
        log_error("%s: libpcap: %s; is the file whole?", c->file->name,
                  error);
        return AVERROR_INVALIDDATA;
    }
    c->priv = pcap;
    c->file->stream = NULL; /* pcap_close() closes it */
    c->absolute     = true;
    if (!layers_known(pcap_datalink(pcap))) {
        name = pcap_datalink_val_to_name(pcap_datalink(pcap));
        log_error("%s: link type %s (%d); capture on an interface of "
                  "Ethernet, Linux cooked, raw IP or loopback packets",
                  c->file->name, name ? name : "unknown",
                  pcap_datalink(pcap));
        return AVERROR_PATCHWELCOME;
    }
    return 0;
}

static int pcap_read(Capture *c, Record *record)
{
    pcap_t *pcap = c->priv;
    struct pcap_pkthdr *header;
    const u_char *data;
    int ret;

    while ((ret = pcap_next_ex(pcap, &header, &data)) == 1) {
        record->place = c->info.nb_records + 1;
        record->time  = av_clip64(header->ts.tv_sec, 0, MAX_SECONDS) *
                            INT64_C(1000000) +
                        header->ts.tv_usec;
        switch (layers_parse(pcap_datalink(pcap), data, header->caplen,
                             record)) {
        case LAYERS_UDP:
            return 0;
        case LAYERS_FRAGMENT:
            c->info.nb_fragments++;
            break;
        case LAYERS_CUT:
            c->info.nb_cut++;
            break;
        case LAYERS_MALFORMED:
            c->info.nb_malformed++;
            break;
        case LAYERS_OTHER:
            c->info.nb_other++;
            break;
        }
        c->info.nb_records++;
    }
    return ret == PCAP_ERROR_BREAK
               ? AVERROR_EOF
               : capture_damaged(c, c->info.nb_records + 1,
                                 pcap_geterr(pcap));
}

static void pcap_close_file(Capture *c)
{
    if (c->priv)
        pcap_close(c->priv);
    c->priv = NULL;
}

const RecordFormat capture_pcap = {
    .name   = "pcap",
    .detect = pcap_detect,
    .open   = pcap_open_file,
    .read   = pcap_read,
    .close  = pcap_close_file,
};
