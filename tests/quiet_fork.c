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

#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "quiet_fork.h"

extern pid_t _Fork(void) __attribute__((weak));

static int wipes_pages(void)
{
    int wipes = 0;
#ifdef MADV_WIPEONFORK
    char *page = mmap(NULL, 1, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status;
    pid_t pid;

    check_that(page != MAP_FAILED, "no page");
    if (!madvise(page, 1, MADV_WIPEONFORK)) {
        *page = 1;
        pid = fork();
        if (!pid)
            _exit(!*page);
        check_that(waitpid(pid, &status, 0) == pid, "no child");
        wipes = WEXITSTATUS(status);
    }
    munmap(page, 1);
#endif
    return wipes;
}

pid_t quiet_fork(void)
{
    return _Fork && wipes_pages() ? _Fork() : fork();
}
