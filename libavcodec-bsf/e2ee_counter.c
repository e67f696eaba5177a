/*
 * End-to-end encrypted media: counters that a process shares
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
#include <stdlib.h>
#include <string.h>

#include "e2ee_counter.h"
#include "e2ee_process.h"

typedef struct Counter {
    uint8_t         id[E2EE_COUNTER_ID_SIZE];
    uint32_t        last;
    unsigned        process;    ///< that began it
    struct Counter *next;
} Counter;

static pthread_once_t watch_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Those in use come to the front. Guarded by the mutex. */
static Counter *counters;

static void lock(void)
{
    pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

static void watch_forks(void)
{
    pthread_atfork(lock, unlock, unlock);
}

/* Moves it to the front, or makes it there. */
static Counter *find(const uint8_t *id)
{
    Counter **link = &counters, *counter;

    while (*link && memcmp((*link)->id, id, E2EE_COUNTER_ID_SIZE))
        link = &(*link)->next;
    counter = *link;
    if (counter) {
        *link = counter->next;
    } else {
        counter = calloc(1, sizeof(*counter));
        if (!counter)
            return NULL;
        memcpy(counter->id, id, E2EE_COUNTER_ID_SIZE);
        counter->process = ff_e2ee_process();
    }
    counter->next = counters;
    counters      = counter;
    return counter;
}

enum E2EEReason ff_e2ee_counter_next(const uint8_t id[E2EE_COUNTER_ID_SIZE],
                                     uint32_t *value)
{
    enum E2EEReason reason = E2EE_OK;
    Counter *counter;

    pthread_once(&watch_once, watch_forks);
    lock();
    counter = find(id);
    if (!counter)
        reason = E2EE_NO_MEMORY;
    else if (counter->process != ff_e2ee_process() ||
             counter->last == UINT32_MAX)
        reason = E2EE_IV_SPENT;
    else
        *value = ++counter->last;
    unlock();
    return reason;
}

enum E2EEReason ff_e2ee_counter_raise(const uint8_t id[E2EE_COUNTER_ID_SIZE],
                                      uint32_t last)
{
    Counter *counter;

    pthread_once(&watch_once, watch_forks);
    lock();
    counter = find(id);
    if (counter && counter->last < last)
        counter->last = last;
    unlock();
    return counter ? E2EE_OK : E2EE_NO_MEMORY;
}
