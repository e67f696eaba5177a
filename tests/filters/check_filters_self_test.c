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

/* What users see when libgcrypt fails its self-test: one line and a state. */

#include <stdarg.h>
#include <string.h>

#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "broken_gcrypt.h"
#include "common.h"
#include "e2ee_state.h"
#include "filter_run.h"

static char lines[2048];
static int nb_lines;

static void keep_line(void *context, int level, const char *format,
                      va_list args)
{
    size_t used = strlen(lines);

    if (level > AV_LOG_WARNING)
        return;
    vsnprintf(lines + used, sizeof(lines) - used, format, args);
    nb_lines++;
}

/* In a process of its own, as check runs them. */
START_TEST(a_filter_does_not_start)
{
    const AVBitStreamFilter *filter =
        av_bsf_get_by_name(_i ? "e2ee_decrypt" : "e2ee_encrypt");
    AVBSFContext *bsf;
    int64_t state;

    av_log_set_callback(keep_line);
    break_gcrypt(BROKEN_CHECKTAG_ACCEPTS);
    ck_assert_int_ge(av_bsf_alloc(filter, &bsf), 0);
    bsf->par_in->codec_type = AVMEDIA_TYPE_AUDIO;
    bsf->par_in->codec_id   = AV_CODEC_ID_OPUS;
    ck_assert_int_ge(av_opt_set(bsf->priv_data, "key", "secret", 0), 0);
    ck_assert_int_eq(av_bsf_init(bsf), AVERROR_EXTERNAL);
    ck_assert_int_ge(av_opt_get_int(bsf->priv_data, "state", 0, &state), 0);
    ck_assert_int_eq(state, E2EE_STATE_INTERNAL_ERROR);
    av_bsf_free(&bsf);
    ck_assert_str_eq(lines, "libgcrypt failed its test (AES-128-GCM): nothing "
                     "can be sealed or opened.\n");
    ck_assert_int_eq(nb_lines, 1);
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("filters_self_test", &tests);

    tcase_add_loop_test(tests, a_filter_does_not_start, 0, 2);
    return run_suite(suite);
}
