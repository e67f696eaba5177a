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

#define _GNU_SOURCE /* RTLD_NEXT */

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>

#include "interpose.h"

static const char *const kinds[FAULT_NB] = {
    [FAULT_ALLOC] = "alloc", [FAULT_GCRYPT] = "gcrypt",
    [FAULT_SEAL]  = "seal",
};

static const struct {
    const char *name;
    int         signal;         ///< 0: the call fails
} actions[] = {
    { "fail", 0 }, { "stop", SIGSTOP }, { "int", SIGINT },
    { "term", SIGTERM }, { "kill", SIGKILL }, { "abrt", SIGABRT },
};

static atomic_long counts[FAULT_NB], outstanding;
static atomic_int  fired;
static int  armed = -1;         ///< the kind
static long armed_at;
static int  armed_signal;
static int  log_file = -1;

void fault_arm(enum FaultKind kind, long n)
{
    for (int i = 0; i < FAULT_NB; i++)
        counts[i] = 0;
    fired    = 0;
    armed    = n ? (int)kind : -1;
    armed_at = n;
}

long fault_count(enum FaultKind kind)
{
    return counts[kind];
}

int fault_fired(void)
{
    return fired;
}

long fault_outstanding(void)
{
    return outstanding;
}

/* No stdio: it allocates. */
static void write_text(const char *text)
{
    if (log_file >= 0 && write(log_file, text, strlen(text)) < 0)
        log_file = -1;
}

static void write_log(const char *text, long number)
{
    char line[24], *p = line + sizeof(line);

    *--p = '\0';
    *--p = '\n';
    do
        *--p = '0' + number % 10;
    while (number /= 10);
    *--p = ' ';
    write_text(text);
    write_text(p);
}

/* The file that an address is from, and how far behind its beginning. */
static void log_address(const char *text, const void *address)
{
    const char *name;
    Dl_info info;

    if (!dladdr(address, &info) || !info.dli_fname)
        return;
    name = strrchr(info.dli_fname, '/');
    write_text(text);
    write_log(name ? name + 1 : info.dli_fname,
              (const char *)address - (const char *)info.dli_fbase);
}

static void log_crash(int sig)
{
    void *frames[24];
    int nb = backtrace(frames, sizeof(frames) / sizeof(*frames));

    armed = -1;
    for (int i = 0; i < nb; i++)
        log_address("in ", frames[i]);
    raise(sig);
}

/* What backtrace() needs, it loads at its first call. */
static void await_crash(void)
{
    const struct sigaction action = { .sa_handler = log_crash,
                                      .sa_flags   = SA_RESETHAND };
    void *frame;

    backtrace(&frame, 1);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
}

static int fails_for(enum FaultKind kind, const void *caller)
{
    long n = ++counts[kind];

    if ((int)kind != armed || n != armed_at)
        return 0;
    fired = 1;
    write_log("fired", n);
    log_address("by ", caller);
    if (!armed_signal)
        return 1;
    raise(armed_signal);
    return 0;
}

/* In the function that somebody else called. */
#define fails(kind) fails_for(kind, __builtin_return_address(0))

__attribute__((constructor))
static void begin(void)
{
    const char *fault = getenv("E2EE_FAULT");
    const char *name  = getenv("E2EE_FAULT_LOG");
    char kind[16], action[16] = "fail";

    if (name) {
        log_file = open(name, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
        await_crash();
    }
    if (!fault || sscanf(fault, "%15[a-z]:%ld:%15s", kind, &armed_at,
                         action) < 2)
        return;
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
        if (!strcmp(actions[i].name, action))
            armed_signal = actions[i].signal;
    for (int i = 0; i < FAULT_NB; i++)
        counts[i] = 0;
    for (int i = 0; i < FAULT_NB; i++)
        if (!strcmp(kinds[i], kind))
            armed = i;
}

__attribute__((destructor))
static void end(void)
{
    armed = -1;
    for (int i = 0; i < FAULT_NB; i++)
        write_log(kinds[i], counts[i]);
    if (getenv("E2EE_FAULT_END"))
        raise(SIGSTOP);
}

/* --- memory, with the names that glibc keeps for its own --- */

#if !FAULT_SANITIZED

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nb, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);
void  __libc_free(void *p);

static void *counted(void *p)
{
    outstanding += !!p;
    return p;
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return fails(FAULT_ALLOC) ? no_memory() : counted(__libc_malloc(size));
}

void *calloc(size_t nb, size_t size)
{
    return fails(FAULT_ALLOC) ? no_memory() :
                                counted(__libc_calloc(nb, size));
}

void *realloc(void *p, size_t size)
{
    void *grown;

    if (fails(FAULT_ALLOC))
        return no_memory();
    grown = __libc_realloc(p, size);
    outstanding += !p && grown;
    outstanding -= p && !grown && !size;
    return grown;
}

void *memalign(size_t align, size_t size)
{
    return fails(FAULT_ALLOC) ? no_memory() :
                                counted(__libc_memalign(align, size));
}

void *aligned_alloc(size_t align, size_t size)
{
    return memalign(align, size);
}

int posix_memalign(void **p, size_t align, size_t size)
{
    void *block = memalign(align, size);

    if (!block)
        return ENOMEM;
    *p = block;
    return 0;
}

void free(void *p)
{
    outstanding -= !!p;
    __libc_free(p);
}

#endif /* !FAULT_SANITIZED */

/* --- libgcrypt --- */

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (!function)
        abort();
    return function;
}

/* A function of libgcrypt's that returns an error, and its arguments. */
#define MAY_FAIL(name, kind, parameters, arguments)                          \
    gcry_error_t name parameters                                             \
    {                                                                        \
        static gcry_error_t (*function) parameters;                          \
                                                                             \
        if (fails(kind))                                                     \
            return gcry_error(GPG_ERR_INTERNAL);                             \
        if (!function)                                                       \
            function = (gcry_error_t (*) parameters)next(#name);             \
        return function arguments;                                           \
    }

MAY_FAIL(gcry_cipher_open, FAULT_GCRYPT,
         (gcry_cipher_hd_t *hd, int algo, int mode, unsigned flags),
         (hd, algo, mode, flags))
MAY_FAIL(gcry_cipher_setkey, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, const void *key, size_t size),
         (hd, key, size))
MAY_FAIL(gcry_cipher_setiv, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, const void *iv, size_t size), (hd, iv, size))
MAY_FAIL(gcry_cipher_setctr, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, const void *ctr, size_t size),
         (hd, ctr, size))
MAY_FAIL(gcry_cipher_ctl, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, int command, void *buffer, size_t size),
         (hd, command, buffer, size))
MAY_FAIL(gcry_cipher_authenticate, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, const void *aad, size_t size),
         (hd, aad, size))
MAY_FAIL(gcry_cipher_encrypt, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, void *out, size_t out_size, const void *in,
          size_t in_size), (hd, out, out_size, in, in_size))
MAY_FAIL(gcry_cipher_decrypt, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, void *out, size_t out_size, const void *in,
          size_t in_size), (hd, out, out_size, in, in_size))
MAY_FAIL(gcry_cipher_checktag, FAULT_GCRYPT,
         (gcry_cipher_hd_t hd, const void *tag, size_t size), (hd, tag, size))
MAY_FAIL(gcry_md_open, FAULT_GCRYPT,
         (gcry_md_hd_t *hd, int algo, unsigned flags), (hd, algo, flags))
MAY_FAIL(gcry_md_setkey, FAULT_GCRYPT,
         (gcry_md_hd_t hd, const void *key, size_t size), (hd, key, size))
MAY_FAIL(gcry_kdf_derive, FAULT_GCRYPT,
         (const void *secret, size_t secret_size, int algo, int subalgo,
          const void *salt, size_t salt_size, unsigned long rounds,
          size_t size, void *out),
         (secret, secret_size, algo, subalgo, salt, salt_size, rounds, size,
          out))

gcry_error_t gcry_cipher_gettag(gcry_cipher_hd_t hd, void *tag, size_t size)
{
    static gcry_error_t (*function)(gcry_cipher_hd_t, void *, size_t);

    fails(FAULT_SEAL);
    if (fails(FAULT_GCRYPT))
        return gcry_error(GPG_ERR_INTERNAL);
    if (!function)
        function = (gcry_error_t (*)(gcry_cipher_hd_t, void *, size_t))
                   next("gcry_cipher_gettag");
    return function(hd, tag, size);
}

#define ALLOCATES(name, parameters, arguments)                               \
    void *name parameters                                                    \
    {                                                                        \
        static void *(*function) parameters;                                 \
                                                                             \
        if (fails(FAULT_GCRYPT))                                             \
            return NULL;                                                     \
        if (!function)                                                       \
            function = (void *(*) parameters)next(#name);                    \
        return function arguments;                                           \
    }

ALLOCATES(gcry_malloc_secure, (size_t size), (size))
ALLOCATES(gcry_calloc, (size_t nb, size_t size), (nb, size))
