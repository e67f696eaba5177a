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

#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "filter_run.h"
#include "peer.h"

#define WORKER "/node_modules/livekit-client/dist/" \
               "livekit-client.e2ee.worker.mjs"

static const char *worker(char path[512])
{
    const char *peers = getenv("E2EE_PEERS");

    snprintf(path, 512, "%s" WORKER, peers ? peers : "build/peers");
    return path;
}

const char *peer_livekit_missing(void)
{
    char path[512];

    if (system("node --version >/dev/null 2>&1"))
        return "Node.js is not there";
    if (access(worker(path), R_OK))
        return "livekit-client is not there; ./quickstart check fetches it";
    return NULL;
}

static void run_worker(int in, int out)
{
    const char *top = getenv("top_srcdir");
    char path[512], script[512];

    snprintf(script, sizeof(script), "%s/tests/peers/livekit_worker.mjs",
             top ? top : ".");
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        close(fd);
    execlp("node", "node", script, worker(path), (char *)NULL);
    _exit(127);
}

void peer_start_livekit(Peer *peer)
{
    int to[2], from[2];

    ck_assert_int_eq(pipe(to), 0);
    ck_assert_int_eq(pipe(from), 0);
    peer->pid = fork();
    ck_assert_int_ge(peer->pid, 0);
    if (!peer->pid)
        run_worker(to[0], from[1]);
    close(to[0]);
    close(from[1]);
    peer->to   = fdopen(to[1], "w");
    peer->from = fdopen(from[0], "r");
    ck_assert_ptr_nonnull(peer->to);
    ck_assert_ptr_nonnull(peer->from);
}

json_t *peer_ask(Peer *peer, json_t *line)
{
    json_error_t error;
    json_t *answer;

    ck_assert_ptr_nonnull(line);
    json_dumpf(line, peer->to, JSON_COMPACT);
    fputc('\n', peer->to);
    fflush(peer->to);
    json_decref(line);
    answer = json_loadf(peer->from, JSON_DISABLE_EOF_CHECK, &error);
    ck_assert_msg(!!answer, "the worker said nothing: %s", error.text);
    return answer;
}

static char *to_hex(const uint8_t *data, size_t size)
{
    char *hex = malloc(2 * size + 1);

    ck_assert_ptr_nonnull(hex);
    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", data[i]);
    hex[2 * size] = '\0';
    return hex;
}

static void note_error(const json_t *answer, char error[128])
{
    json_t *message;
    size_t i;

    *error = '\0';
    json_array_foreach(json_object_get(answer, "messages"), i, message)
        if (text_of(message, "error"))
            snprintf(error, 128, "%s", text_of(message, "error"));
}

AVPacket *peer_frame(Peer *peer, const char *command, const char *track,
                     const char *codec, const AVPacket *packet,
                     char error[128])
{
    char *hex = to_hex(packet->data, packet->size);
    int is_key = packet->flags & AV_PKT_FLAG_KEY;
    json_t *answer = peer_ask(peer, json_pack(
        "{s:{s:s, s:s*, s:b, s:s, s:I, s:s}}", command, "track", track,
        "codec", codec && *codec ? codec : NULL, "video", !!codec,
        "type", is_key ? "key" : "delta",
        "timestamp", (json_int_t)packet->pts, "hex", hex));
    const char *came = text_of(answer, "hex");
    AVPacket *out = NULL;

    free(hex);
    note_error(answer, error);
    if (came) {
        Bytes bytes = hex_bytes(came);

        out = make_packet(bytes.data, bytes.size, packet->pts, packet->flags);
        free_bytes(&bytes);
    }
    json_decref(answer);
    return out;
}

void peer_stop(Peer *peer)
{
    fclose(peer->to);
    fclose(peer->from);
    waitpid(peer->pid, NULL, 0);
}
