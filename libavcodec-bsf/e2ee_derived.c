/*
 * End-to-end encrypted media: keys that took long to derive
 *
 * This file is part of FFmpeg.
 *
 * FFmpeg is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * FFmpeg is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with FFmpeg; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <pthread.h>
#include <string.h>

#include <gcrypt.h>

#include "e2ee_aead.h"
#include "e2ee_derived.h"
#include "e2ee_process.h"

enum Progress { RUNNING, DONE, FAILED };

struct E2EEDerived {
    struct E2EEDerived *next;
    unsigned      users;
    unsigned      process;      ///< that derives it
    enum Progress progress;
    size_t        secret_size, salt_size, size;
    uint8_t       bytes[];      ///< secret, salt, result
};

static pthread_once_t watch_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t progressed = PTHREAD_COND_INITIALIZER;

/* Changed under the lock. */
static E2EEDerived *list;

#ifndef _WIN32                  /* where nothing forks */
static void before_fork(void)
{
    pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&lock);
}

/* Nobody is left who waits for what other threads were deriving. */
static void after_fork_in_child(void)
{
    progressed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    pthread_mutex_unlock(&lock);
}
#endif

static void watch_forks(void)
{
#ifndef _WIN32
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
#endif
}

static E2EEDerived *find(const uint8_t *secret, size_t secret_size,
                         const uint8_t *salt, size_t salt_size, size_t size)
{
    for (E2EEDerived *d = list; d; d = d->next)
        if (d->secret_size == secret_size && d->salt_size == salt_size &&
            d->size == size &&
            (d->progress == DONE ||
             (d->progress == RUNNING && d->process == ff_e2ee_process())) &&
            ff_e2ee_equal(d->bytes, secret, secret_size) &&
            ff_e2ee_equal(d->bytes + secret_size, salt, salt_size))
            return d;
    return NULL;
}

static E2EEDerived *add(const uint8_t *secret, size_t secret_size,
                        const uint8_t *salt, size_t salt_size, size_t size)
{
    E2EEDerived *d = gcry_calloc_secure(1, sizeof(*d) + secret_size +
                                           salt_size + size);

    if (!d)
        return NULL;
    d->secret_size = secret_size;
    d->salt_size   = salt_size;
    d->size        = size;
    d->process     = ff_e2ee_process();
    memcpy(d->bytes, secret, secret_size);
    memcpy(d->bytes + secret_size, salt, salt_size);
    d->next = list;
    list    = d;
    return d;
}

static uint8_t *result(E2EEDerived *d)
{
    return d->bytes + d->secret_size + d->salt_size;
}

/* Called with the lock, which others may have while this derives. */
static void run(E2EEDerived *d)
{
    enum E2EEReason reason;

    pthread_mutex_unlock(&lock);
    reason = ff_e2ee_kdf(E2EE_KDF_PBKDF2, d->bytes, d->secret_size,
                         d->bytes + d->secret_size, d->salt_size, result(d),
                         d->size);
    pthread_mutex_lock(&lock);
    d->progress = reason ? FAILED : DONE;
    pthread_cond_broadcast(&progressed);
}

enum E2EEReason ff_e2ee_derived_get(E2EEDerived **held, enum E2EEKdf kdf,
                                    const uint8_t *secret, size_t secret_size,
                                    const uint8_t *salt, size_t salt_size,
                                    uint8_t *out, size_t size)
{
    enum E2EEReason reason = E2EE_NO_MEMORY;
    E2EEDerived *d;

    *held = NULL;
    if (kdf != E2EE_KDF_PBKDF2)
        return ff_e2ee_kdf(kdf, secret, secret_size, salt, salt_size, out,
                           size);
    pthread_once(&watch_once, watch_forks);
    pthread_mutex_lock(&lock);
    d = find(secret, secret_size, salt, salt_size, size);
    if (d) {
        d->users++;
        while (d->progress == RUNNING)
            pthread_cond_wait(&progressed, &lock);
    } else if ((d = add(secret, secret_size, salt, salt_size, size))) {
        d->users++;
        run(d);
    }
    if (d && d->progress == DONE) {
        memcpy(out, result(d), size);
        reason = E2EE_OK;
    } else if (d) {
        reason = E2EE_CRYPTO_ERROR;
    }
    pthread_mutex_unlock(&lock);
    *held = d;
    if (reason)
        ff_e2ee_derived_release(held);
    return reason;
}

void ff_e2ee_derived_release(E2EEDerived **held)
{
    E2EEDerived *d = *held, **link = &list;

    *held = NULL;
    if (!d)
        return;
    pthread_mutex_lock(&lock);
    if (!--d->users) {
        while (*link != d)
            link = &(*link)->next;
        *link = d->next;
        gcry_free(d);           // of secure memory: wipes
    }
    pthread_mutex_unlock(&lock);
}
