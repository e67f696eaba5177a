/*
 * End-to-end encrypted media: telling processes apart
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

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* MADV_WIPEONFORK */
#endif

#include <pthread.h>
#include <stdatomic.h>
#ifndef _WIN32
#include <sys/mman.h>
#endif

#include "e2ee_process.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_uint last;        ///< that was given out

/* The process's number; a child finds 0. */
static atomic_uint plain;
static atomic_uint *current = &plain;

#ifndef _WIN32
static void forget(void)
{
    atomic_store(current, 0);
}
#endif

static void begin(void)
{
#ifdef MADV_WIPEONFORK
    void *page = mmap(NULL, sizeof(*current), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page != MAP_FAILED && !madvise(page, sizeof(*current),
                                       MADV_WIPEONFORK))
        current = page;
#endif
#ifndef _WIN32                  /* where nothing forks */
    /* For what cannot wipe, or says that it does and does not. */
    pthread_atfork(NULL, NULL, forget);
#endif
}

unsigned ff_e2ee_process(void)
{
    unsigned number, none = 0;

    pthread_once(&once, begin);
    number = atomic_load(current);
    if (number)
        return number;
    number = atomic_fetch_add(&last, 1) + 1;
    return atomic_compare_exchange_strong(current, &none, number) ? number :
                                                                    none;
}
