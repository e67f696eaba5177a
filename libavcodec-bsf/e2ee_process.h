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

#ifndef AVCODEC_BSF_E2EE_PROCESS_H
#define AVCODEC_BSF_E2EE_PROCESS_H

/**
 * A number that is the same for as long as the process lives, and another one
 * in each child that fork() made, whatever process ids say: those come again,
 * and in name spaces of their own parent and child can have the same.
 * A child of a fork that runs no handlers (_Fork(), clone()) is told from its
 * parent on Linux. Safe with threads.
 *
 * @return never 0
 */
unsigned ff_e2ee_process(void);

#endif /* AVCODEC_BSF_E2EE_PROCESS_H */
