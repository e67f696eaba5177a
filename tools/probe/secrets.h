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

/**
 * @file
 * The candidate keys, as they were given and as they may have been meant.
 */

#ifndef TOOLS_PROBE_SECRETS_H
#define TOOLS_PROBE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Another way to take a secret than as it is given. */
typedef enum SecretForm {
    FORM_GIVEN,
    FORM_HEX,       ///< the passphrase's hexadecimal digits, decoded
    FORM_BASE64,    ///< the passphrase, decoded
    FORM_HEX_TEXT,  ///< key bytes as the text of their digits
    FORM_NEWLINE,   ///< with a line feed behind it
    FORM_TRIMMED,   ///< without blanks around it
    FORM_SECRET_NB
} SecretForm;

typedef struct Secret {
    const char *file;    ///< key file or variable, not owned
    bool        from_env;
    int         line;
    int         index;   ///< -1: the line names none
    bool        is_raw;  ///< key bytes rather than a passphrase
    bool        was_raw; ///< as it was given
    SecretForm  form;
    uint8_t    *data;    ///< in secure memory
    size_t      size;
} Secret;

/** Zeroed to begin with. */
typedef struct SecretList {
    Secret *secrets;     ///< those as given first
    int     nb, nb_given;
} SecretList;

/** @return 0 or a negative AVERROR after an error line */
int secrets_read_file(SecretList *list, const char *file);

/** The same from an environment variable. */
int secrets_read_env(SecretList *list, const char *name);

/** Add the other forms of all that was read. */
int secrets_add_forms(SecretList *list);

/** How a form is to be written, in words; NULL for FORM_GIVEN. */
const char *secret_form_text(SecretForm form);

/** Wipes. */
void secrets_free(SecretList *list);

#endif /* TOOLS_PROBE_SECRETS_H */
