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
 * Calls that fail, or at which a process stops or dies: linked into a test, or
 * loaded in front of a program by LD_PRELOAD, where these variables say what
 * to do:
 *
 *     E2EE_FAULT=KIND:N[:ACTION]  at the Nth call of a kind
 *     E2EE_FAULT_LOG=FILE         append what was done and to whom ("by NAME
 *                                 OFFSET", a program or library), where it
 *                                 crashed ("in NAME OFFSET", a line a frame),
 *                                 and at the end the numbers of calls
 *     E2EE_FAULT_END=1            stop (SIGSTOP) before the process ends
 *
 * KIND is alloc, gcrypt, seal. ACTION is fail, the default, stop, int,
 * term, kill or abrt.
 */

#ifndef E2EE_TESTS_FAULTS_INTERPOSE_H
#define E2EE_TESTS_FAULTS_INTERPOSE_H

/* AddressSanitizer has an allocator of its own. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define FAULT_SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define FAULT_SANITIZED 1
#endif
#ifndef FAULT_SANITIZED
#define FAULT_SANITIZED 0
#endif

enum FaultKind {
    FAULT_ALLOC,                ///< malloc() and its like
    FAULT_GCRYPT,               ///< any call of libgcrypt's that may fail
    FAULT_SEAL,                 ///< gcry_cipher_gettag(), never to fail
    FAULT_NB
};

/** Let the nth call from now on fail, 0: none. Begins to count anew. */
void fault_arm(enum FaultKind kind, long n);

/** Calls since then. */
long fault_count(enum FaultKind kind);

/** Whether one has failed since then. */
int fault_fired(void);

/** Allocations that were made and not freed, all in all. */
long fault_outstanding(void);

#endif /* E2EE_TESTS_FAULTS_INTERPOSE_H */
