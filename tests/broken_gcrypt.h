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

#ifndef E2EE_TESTS_BROKEN_GCRYPT_H
#define E2EE_TESTS_BROKEN_GCRYPT_H

/** A way in which libgcrypt can go wrong in a program that links this. */
enum Broken {
    BROKEN_NOTHING,
    BROKEN_OPEN,                ///< no cipher is to be had
    BROKEN_ENCRYPT,             ///< a bit of what comes out is wrong
    BROKEN_DECRYPT,
    BROKEN_GETTAG,
    BROKEN_CHECKTAG_ACCEPTS,    ///< every tag fits
    BROKEN_CHECKTAG_REFUSES,    ///< none does
    BROKEN_AUTHENTICATE,        ///< the AAD is left out
    BROKEN_SETCTR,              ///< the counter is left out
    BROKEN_HASH,
    BROKEN_PBKDF2,
    BROKEN_RANDOM,              ///< zeros
    BROKEN_NB
};

/** Which, from now on. */
void break_gcrypt(enum Broken what);

#endif /* E2EE_TESTS_BROKEN_GCRYPT_H */
