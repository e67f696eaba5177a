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

/* The program's own functions come before those of the shared library. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>

#include "broken_gcrypt.h"

static enum Broken broken;

void break_gcrypt(enum Broken what)
{
    broken = what;
}

/* The library's own; ISO C has no cast from an object to a function. */
#define REAL(type, name)                               \
    static type *real;                                 \
    if (!real && !(*(void **)&real = dlsym(RTLD_NEXT, name))) \
    abort()

typedef gcry_error_t Open(gcry_cipher_hd_t *h, int algo, int mode,
                          unsigned flags);
typedef gcry_error_t Crypt(gcry_cipher_hd_t h, void *out, size_t out_size,
                           const void *in, size_t in_size);
typedef gcry_error_t Tag(gcry_cipher_hd_t h, void *tag, size_t size);
typedef gcry_error_t ConstBytes(gcry_cipher_hd_t h, const void *bytes,
                                size_t size);
typedef unsigned char *Read(gcry_md_hd_t h, int algo);
typedef gcry_error_t Derive(const void *secret, size_t secret_size, int algo,
                            int hash, const void *salt, size_t salt_size,
                            unsigned long rounds, size_t size, void *out);
typedef void Randomize(void *out, size_t size, enum gcry_random_level level);

gcry_error_t gcry_cipher_open(gcry_cipher_hd_t *h, int algo, int mode,
                              unsigned flags)
{
    REAL(Open, "gcry_cipher_open");

    return broken == BROKEN_OPEN ? gcry_error(GPG_ERR_CIPHER_ALGO) :
                                   real(h, algo, mode, flags);
}

gcry_error_t gcry_cipher_encrypt(gcry_cipher_hd_t h, void *out,
                                 size_t out_size, const void *in,
                                 size_t in_size)
{
    gcry_error_t err;

    REAL(Crypt, "gcry_cipher_encrypt");
    err = real(h, out, out_size, in, in_size);
    if (broken == BROKEN_ENCRYPT && out_size)
        *(unsigned char *)out ^= 1;
    return err;
}

gcry_error_t gcry_cipher_decrypt(gcry_cipher_hd_t h, void *out,
                                 size_t out_size, const void *in,
                                 size_t in_size)
{
    gcry_error_t err;

    REAL(Crypt, "gcry_cipher_decrypt");
    err = real(h, out, out_size, in, in_size);
    if (broken == BROKEN_DECRYPT && out_size)
        *(unsigned char *)out ^= 1;
    return err;
}

gcry_error_t gcry_cipher_gettag(gcry_cipher_hd_t h, void *tag, size_t size)
{
    gcry_error_t err;

    REAL(Tag, "gcry_cipher_gettag");
    err = real(h, tag, size);
    if (broken == BROKEN_GETTAG)
        *(unsigned char *)tag ^= 0x80;
    return err;
}

gcry_error_t gcry_cipher_checktag(gcry_cipher_hd_t h, const void *tag,
                                  size_t size)
{
    REAL(ConstBytes, "gcry_cipher_checktag");

    if (broken == BROKEN_CHECKTAG_ACCEPTS)
        return 0;
    return broken == BROKEN_CHECKTAG_REFUSES ? gcry_error(GPG_ERR_CHECKSUM) :
                                               real(h, tag, size);
}

gcry_error_t gcry_cipher_authenticate(gcry_cipher_hd_t h, const void *bytes,
                                      size_t size)
{
    REAL(ConstBytes, "gcry_cipher_authenticate");

    return broken == BROKEN_AUTHENTICATE ? 0 : real(h, bytes, size);
}

gcry_error_t gcry_cipher_setctr(gcry_cipher_hd_t h, const void *bytes,
                                size_t size)
{
    REAL(ConstBytes, "gcry_cipher_setctr");

    return broken == BROKEN_SETCTR ? 0 : real(h, bytes, size);
}

unsigned char *gcry_md_read(gcry_md_hd_t h, int algo)
{
    unsigned char *hash;

    REAL(Read, "gcry_md_read");
    hash = real(h, algo);
    if (broken == BROKEN_HASH)
        hash[0] ^= 1;
    return hash;
}

gcry_error_t gcry_kdf_derive(const void *secret, size_t secret_size, int algo,
                             int hash, const void *salt, size_t salt_size,
                             unsigned long rounds, size_t size, void *out)
{
    gcry_error_t err;

    REAL(Derive, "gcry_kdf_derive");
    err = real(secret, secret_size, algo, hash, salt, salt_size, rounds, size,
               out);
    if (broken == BROKEN_PBKDF2)
        *(unsigned char *)out ^= 1;
    return err;
}

void gcry_randomize(void *out, size_t size, enum gcry_random_level level)
{
    REAL(Randomize, "gcry_randomize");

    if (broken == BROKEN_RANDOM)
        memset(out, 0, size);
    else
        real(out, size, level);
}
