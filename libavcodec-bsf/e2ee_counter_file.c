/*
 * End-to-end encrypted media: a counter that outlives the process
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

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "e2ee_counter_file.h"
#include "e2ee_process.h"

#define PATH_SIZE   4096
#define DIGITS_MAX  20
#define SUFFIX_LOCK ".lock"
#define SUFFIX_NEW  ".new"

#ifdef _WIN32
/* It has neither these locks nor a way to make a new name last. */
enum E2EEReason ff_e2ee_counter_file_reserve(E2EECounterFile *file)
{
    file->left = 0;
    errno      = ENOSYS;
    return E2EE_COUNTER_FILE;
}
#else
/* Locks of files keep processes apart, not threads. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Returns 0, or -1 with errno set, as the others here do. */
static int path_with(char path[PATH_SIZE], const char *base,
                     const char *suffix)
{
    if (snprintf(path, PATH_SIZE, "%s%s", base, suffix) < PATH_SIZE)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* Closes the file descriptor in any case, and keeps the first error. */
static int close_with(int fd, int ret)
{
    int err = errno;

    if (close(fd) && !ret)
        return -1;
    errno = err;
    return ret;
}

/* The lock lasts until the descriptor is closed. */
static int lock(const char *base)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[PATH_SIZE];
    int fd, ret;

    if (path_with(path, base, SUFFIX_LOCK))
        return -1;
    fd = open(path, O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return -1;
    do {
        ret = fcntl(fd, F_SETLKW, &whole);
    } while (ret < 0 && errno == EINTR);
    return ret < 0 ? close_with(fd, -1) : fd;
}

/* What was cut off or changed could be taken for a lower value. */
static int parse(const char *text, ssize_t size, uint64_t *value)
{
    *value = 0;
    errno  = EINVAL;
    if (size < 2 || text[size - 1] != '\n')
        return -1;
    for (ssize_t i = 0; i < size - 1; i++) {
        unsigned digit = text[i] - '0';

        if (digit > 9 || *value > (UINT64_MAX - digit) / 10)
            return -1;
        *value = *value * 10 + digit;
    }
    return 0;
}

static int read_value(const char *path, uint64_t *value)
{
    char text[DIGITS_MAX + 2];
    int fd = open(path, O_RDONLY);
    ssize_t size;

    *value = 0;
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    size = read(fd, text, sizeof(text));
    return close_with(fd, size < 0 ? -1 : parse(text, size, value));
}

/* Makes the new name of a file last. */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_SIZE] = ".";
    int fd;

    if (slash)
        snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path + 1),
                 path);
    fd = open(folder, O_RDONLY);
    if (fd < 0)
        return -1;
    return close_with(fd, fsync(fd));
}

static int write_value(const char *path, uint64_t value)
{
    char new_path[PATH_SIZE], text[DIGITS_MAX + 2];
    int size = snprintf(text, sizeof(text), "%" PRIu64 "\n", value);
    int fd, ret;

    if (path_with(new_path, path, SUFFIX_NEW))
        return -1;
    fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return -1;
    errno = ENOSPC;
    ret = write(fd, text, size) == size ? fsync(fd) : -1;
    if (close_with(fd, ret) || rename(new_path, path))
        return -1;
    return sync_folder(path);
}

static enum E2EEReason reserve(E2EECounterFile *file)
{
    uint64_t value;

    if (read_value(file->path, &value))
        return E2EE_COUNTER_FILE;
    if (value > UINT64_MAX - E2EE_COUNTER_RANGE) {
        errno = EINVAL;
        return E2EE_IV_SPENT;
    }
    if (write_value(file->path, value + E2EE_COUNTER_RANGE))
        return E2EE_COUNTER_FILE;
    file->next    = value;
    file->left    = E2EE_COUNTER_RANGE;
    file->process = ff_e2ee_process();
    return E2EE_OK;
}

enum E2EEReason ff_e2ee_counter_file_reserve(E2EECounterFile *file)
{
    enum E2EEReason reason = E2EE_COUNTER_FILE;
    int fd, err;

    file->left = 0;
    pthread_mutex_lock(&mutex);
    fd = lock(file->path);
    if (fd >= 0) {
        reason = reserve(file);
        close_with(fd, -1);
    }
    err = errno;
    pthread_mutex_unlock(&mutex);
    errno = err;
    return reason;
}
#endif

enum E2EEReason ff_e2ee_counter_file_next(E2EECounterFile *file,
                                          uint64_t *value)
{
    if (!file->left || file->process != ff_e2ee_process()) {
        enum E2EEReason reason = ff_e2ee_counter_file_reserve(file);

        if (reason)
            return reason;
    }
    file->left--;
    *value = file->next++;
    return E2EE_OK;
}
