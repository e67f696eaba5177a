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

#include "common.h"
#include "e2ee_state.h"

START_TEST(names_are_the_seven_of_the_sdks)
{
    static const char *const names[] = {
        "EncryptionSuccess", "DecryptionSuccess", "EncryptionFailed",
        "DecryptionFailed", "InternalError", "MissingKey", "InvalidKey",
    };

    ck_assert_int_eq(E2EE_STATE_NB - 1, 7);
    for (int i = 1; i < E2EE_STATE_NB; i++)
        ck_assert_str_eq(ff_e2ee_state_info(i)->name, names[i - 1]);
}
END_TEST

START_TEST(every_state_has_a_row)
{
    for (int i = 0; i < E2EE_STATE_NB; i++) {
        const E2EEStateInfo *info = ff_e2ee_state_info(i);
        int success = i == E2EE_STATE_NONE ||
                      i == E2EE_STATE_ENCRYPTION_SUCCESS ||
                      i == E2EE_STATE_DECRYPTION_SUCCESS;

        ck_assert_msg(info->name && *info->name, "state %d", i);
        ck_assert_msg(info->meaning && *info->meaning, "%s", info->name);
        ck_assert_msg(!strchr(info->meaning, '\n'), "%s", info->name);
        ck_assert_msg(info->frame_lost == !success, "%s", info->name);
    }
}
END_TEST

START_TEST(what_is_no_state_is_none)
{
    ck_assert_str_eq(ff_e2ee_state_info(E2EE_STATE_NB)->name, "None");
    ck_assert_str_eq(ff_e2ee_state_info((enum E2EEState)-1)->name, "None");
}
END_TEST

START_TEST(every_reason_has_a_row)
{
    for (int i = 0; i < E2EE_REASON_NB; i++) {
        const char *name = ff_e2ee_reason_name(i);
        const char *text = ff_e2ee_reason_text(i);

        ck_assert_msg(name && *name, "reason %d", i);
        ck_assert_msg(text && *text, "%s", name);
        ck_assert_msg(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                      strlen(name), "%s", name);
        ck_assert_msg(!strchr(text, '\n'), "%s", name);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(name, ff_e2ee_reason_name(j));
    }
}
END_TEST

START_TEST(only_ok_is_a_success)
{
    for (int i = 0; i < E2EE_REASON_NB; i++)
        for (int sealing = 0; sealing < 2; sealing++) {
            enum E2EEState state = ff_e2ee_state(i, sealing);
            const E2EEStateInfo *info = ff_e2ee_state_info(state);

            if (i == E2EE_INJECTED && !sealing)
                continue;       /* of no sender: says nothing of the track */
            ck_assert_int_ne(state, E2EE_STATE_NONE);
            ck_assert_msg(info->frame_lost == (i != E2EE_OK), "%s is %s",
                          ff_e2ee_reason_name(i), info->name);
            ck_assert_int_ne(state, sealing ? E2EE_STATE_DECRYPTION_SUCCESS :
                                              E2EE_STATE_ENCRYPTION_SUCCESS);
            ck_assert_int_ne(state, sealing ? E2EE_STATE_DECRYPTION_FAILED :
                                              E2EE_STATE_ENCRYPTION_FAILED);
        }
}
END_TEST

/* What an application is told. */
static const struct {
    enum E2EEReason reason;
    const char *sealing, *opening;
} told[] = {
    { E2EE_OK,         "EncryptionSuccess", "DecryptionSuccess" },
    { E2EE_NO_KEY,     "MissingKey",        "MissingKey" },
    { E2EE_WRONG_KEY,  NULL,                "InvalidKey" },
    { E2EE_KEY_BARRED, NULL,                "InvalidKey" },
    { E2EE_DAMAGED,    NULL,                "DecryptionFailed" },
    { E2EE_NOT_SEALED, NULL,                "DecryptionFailed" },
    { E2EE_INJECTED,   NULL,                "None" },
    { E2EE_REPLAYED,   NULL,                "DecryptionFailed" },
    { E2EE_UNKNOWN_VERSION, NULL,           "DecryptionFailed" },
    { E2EE_LONG_CLEAR, "EncryptionFailed",  NULL },
    { E2EE_TOO_SHORT,  "EncryptionFailed",  "DecryptionFailed" },
    { E2EE_NOT_ANNEXB, "EncryptionFailed",  "DecryptionFailed" },
    { E2EE_NO_SLICE,   "EncryptionFailed",  "DecryptionFailed" },
    { E2EE_UNSAFE_PREFIX, "EncryptionFailed", "DecryptionFailed" },
    { E2EE_IV_SPENT,   "EncryptionFailed",  NULL },
    { E2EE_COUNTER_FILE, "EncryptionFailed", NULL },
    { E2EE_START_CODE, "EncryptionFailed",  NULL },
    { E2EE_BAD_SECRET, "InternalError",     "InternalError" },
    { E2EE_NO_RATCHET, "EncryptionFailed",  NULL },
    { E2EE_UNSUPPORTED, "EncryptionFailed", "DecryptionFailed" },
    { E2EE_SELF_TEST,  "InternalError",    "InternalError" },
    { E2EE_CRYPTO_ERROR, "InternalError",   "InternalError" },
    { E2EE_NO_MEMORY,  "InternalError",     "InternalError" },
};

START_TEST(reasons_mean_the_right_states)
{
    ck_assert_uint_eq(sizeof(told) / sizeof(*told), E2EE_REASON_NB);
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
        for (int sealing = 0; sealing < 2; sealing++) {
            const char *want = sealing ? told[i].sealing : told[i].opening;
            enum E2EEState state = ff_e2ee_state(told[i].reason, sealing);

            ck_assert_msg(!want ||
                          !strcmp(ff_e2ee_state_info(state)->name, want),
                          "%s is not %s",
                          ff_e2ee_reason_name(told[i].reason), want);
        }
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("state", &tests);

    tcase_add_test(tests, names_are_the_seven_of_the_sdks);
    tcase_add_test(tests, every_state_has_a_row);
    tcase_add_test(tests, what_is_no_state_is_none);
    tcase_add_test(tests, every_reason_has_a_row);
    tcase_add_test(tests, only_ok_is_a_success);
    tcase_add_test(tests, reasons_mean_the_right_states);
    return run_suite(suite);
}
