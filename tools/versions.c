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

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <string.h>

#include <gcrypt.h>
#include <jansson.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <pcap/pcap.h>
#include <srtp2/srtp.h>

#include "report/report.h"
#include "room/scenario.h"
#include "versions.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif
/* These two do not say in their headers. */
#ifndef LIBPCAP_VERSION
#define LIBPCAP_VERSION "unknown"
#endif
#ifndef LIBSRTP_VERSION
#define LIBSRTP_VERSION "unknown"
#endif

static const struct {
    const char *name;
    unsigned    built;
    unsigned  (*in_use)(void);
} ffmpeg_libraries[] = {
    { "libavcodec", LIBAVCODEC_VERSION_INT, avcodec_version },
    { "libavfilter", LIBAVFILTER_VERSION_INT, avfilter_version },
    { "libavformat", LIBAVFORMAT_VERSION_INT, avformat_version },
    { "libavutil", LIBAVUTIL_VERSION_INT, avutil_version },
    { "libswresample", LIBSWRESAMPLE_VERSION_INT, swresample_version },
    { "libswscale", LIBSWSCALE_VERSION_INT, swscale_version },
};

static const char *jansson_in_use(void)
{
#if JANSSON_VERSION_HEX >= 0x020d00
    return jansson_version_str();
#else
    return JANSSON_VERSION;
#endif
}

/* "libpcap version 1.10.3 (with TPACKET_V3)", "libsrtp2 2.5.0" */
static const char *first_digit(const char *text)
{
    const char *space;

    while ((space = strchr(text, ' ')) && (*text < '0' || *text > '9'))
        text = space + 1;
    return text;
}

static void print_row(const char *name, const char *built, const char *in_use)
{
    printf("  %-14s %-12s %.*s\n", name, built, (int)strcspn(in_use, " "),
           in_use);
}

static void write_number(char text[32], unsigned v)
{
    snprintf(text, 32, "%u.%u.%u", AV_VERSION_MAJOR(v), AV_VERSION_MINOR(v),
             AV_VERSION_MICRO(v));
}

void print_versions(void)
{
    char built[32], in_use[32];

    printf("e2ee-meeting %s (FFmpeg %s)\n", PACKAGE_VERSION,
           av_version_info());
    printf("formats: scenario %d, report %d\n", SCENARIO_VERSION,
           REPORT_VERSION);
    printf("  %-14s %-12s %s\n", "library", "built with", "in use");
    print_row("jansson", JANSSON_VERSION, jansson_in_use());
    for (size_t i = 0; i < FF_ARRAY_ELEMS(ffmpeg_libraries); i++) {
        write_number(built, ffmpeg_libraries[i].built);
        write_number(in_use, ffmpeg_libraries[i].in_use());
        print_row(ffmpeg_libraries[i].name, built, in_use);
    }
    print_row("libgcrypt", GCRYPT_VERSION, gcry_check_version(NULL));
    print_row("libpcap", LIBPCAP_VERSION, first_digit(pcap_lib_version()));
    print_row("libsrtp", LIBSRTP_VERSION,
              first_digit(srtp_get_version_string()));
}
