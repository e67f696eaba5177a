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


/*
 * Frames a second of this project's core beside others' AES-GCM: libgcrypt,
 * OpenSSL and nettle called directly, and LiveKit's own worker under Node.
 *
 *     bench_peers [OPTION...] [livekit_speed.mjs WORKER]
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gcrypt.h>
#ifdef HAVE_LIBCRYPTO
#include <openssl/crypto.h>
#include <openssl/evp.h>
#endif
#ifdef HAVE_NETTLE
#include <nettle/gcm.h>
#include <nettle/version.h>
#endif

#include "e2ee_scheme.h"
#include "table.h"

#define ROUNDS     101
#define SIZES      4
#define CLEAR      3            ///< bytes of a VP8 frame, the AAD
#define WORK       (256 << 10)  ///< bytes of a subject's turn
#define NODE_WORK  (1 << 20)
#define NODE_MAX   400          ///< frames of a turn
#define PEERS_MAX  5

static const size_t sizes[SIZES] = { 80, 1200, 10000, 100000 };

/** What all peers work on: AAD || sealed || tag at sealed. */
typedef struct Work {
    size_t      size;           ///< with the clear bytes
    uint8_t    *plain, *sealed, *out;
    E2EESession sender, receiver;
    uint8_t    *ours;           ///< sealed by the core
    size_t      ours_size;
    double      seconds;        ///< the worker's
    int         opens;          ///< the worker's turn is an open
} Work;

typedef struct Peer {
    const char *name;
    int (*seal)(void *opaque, int round);
    int (*open)(void *opaque, int round);
} Peer;

static const uint8_t key[16] = { 1 }, iv[12] = { 2 };
static FILE *to_node, *from_node;

static void *must(void *pointer)
{
    if (!pointer)
        abort();
    return pointer;
}

static void must_be(int condition)
{
    if (!condition)
        abort();
}

static int turns(const Work *w)
{
    return w->size >= WORK ? 1 : WORK / w->size;
}

/* --- this project's core --- */

static int core_seal(void *opaque, int round)
{
    Work *w = opaque;
    E2EEFrame frame = { w->plain, w->size, E2EE_CODEC_VP8, 0 };
    E2EEOutput out  = { .data = w->out };

    for (int i = 0; i < turns(w); i++)
        must_be(!ff_e2ee_seal(&w->sender, &frame, &out));
    return turns(w);
}

static int core_open(void *opaque, int round)
{
    Work *w = opaque;
    E2EEFrame frame = { w->ours, w->ours_size, E2EE_CODEC_VP8, 0 };
    E2EEOutput out  = { .data = w->out };

    for (int i = 0; i < turns(w); i++)
        must_be(!ff_e2ee_open(&w->receiver, &frame, &out));
    return turns(w);
}

/* --- libgcrypt --- */

static gcry_cipher_hd_t gcrypt;

static int gcrypt_seal(void *opaque, int round)
{
    Work *w = opaque;
    size_t size = w->size - CLEAR;

    for (int i = 0; i < turns(w); i++)
        must_be(!gcry_cipher_setiv(gcrypt, iv, sizeof(iv)) &&
                !gcry_cipher_authenticate(gcrypt, w->plain, CLEAR) &&
                !gcry_cipher_encrypt(gcrypt, w->out, size, w->plain + CLEAR,
                                     size) &&
                !gcry_cipher_gettag(gcrypt, w->out + size, 16));
    return turns(w);
}

static int gcrypt_open(void *opaque, int round)
{
    Work *w = opaque;
    size_t size = w->size - CLEAR;

    for (int i = 0; i < turns(w); i++)
        must_be(!gcry_cipher_setiv(gcrypt, iv, sizeof(iv)) &&
                !gcry_cipher_authenticate(gcrypt, w->sealed, CLEAR) &&
                !gcry_cipher_decrypt(gcrypt, w->out, size, w->sealed + CLEAR,
                                     size) &&
                !gcry_cipher_checktag(gcrypt, w->sealed + w->size, 16));
    return turns(w);
}

/* --- OpenSSL --- */

#ifdef HAVE_LIBCRYPTO
static EVP_CIPHER_CTX *evp_sealer, *evp_opener;

static int evp_seal(void *opaque, int round)
{
    Work *w = opaque;
    int size = w->size - CLEAR, n;

    for (int i = 0; i < turns(w); i++)
        must_be(EVP_EncryptInit_ex(evp_sealer, NULL, NULL, NULL, iv) &&
                EVP_EncryptUpdate(evp_sealer, NULL, &n, w->plain, CLEAR) &&
                EVP_EncryptUpdate(evp_sealer, w->out, &n, w->plain + CLEAR,
                                  size) &&
                EVP_EncryptFinal_ex(evp_sealer, w->out + size, &n) &&
                EVP_CIPHER_CTX_ctrl(evp_sealer, EVP_CTRL_GCM_GET_TAG, 16,
                                    w->out + size));
    return turns(w);
}

static int evp_open(void *opaque, int round)
{
    Work *w = opaque;
    int size = w->size - CLEAR, n;

    for (int i = 0; i < turns(w); i++)
        must_be(EVP_DecryptInit_ex(evp_opener, NULL, NULL, NULL, iv) &&
                EVP_DecryptUpdate(evp_opener, NULL, &n, w->sealed, CLEAR) &&
                EVP_DecryptUpdate(evp_opener, w->out, &n, w->sealed + CLEAR,
                                  size) &&
                EVP_CIPHER_CTX_ctrl(evp_opener, EVP_CTRL_GCM_SET_TAG, 16,
                                    w->sealed + w->size) &&
                EVP_DecryptFinal_ex(evp_opener, w->out + size, &n));
    return turns(w);
}

static void evp_start(const BenchOptions *o)
{
    evp_sealer = must(EVP_CIPHER_CTX_new());
    evp_opener = must(EVP_CIPHER_CTX_new());
    must_be(EVP_EncryptInit_ex(evp_sealer, EVP_aes_128_gcm(), NULL, key,
                               NULL) &&
            EVP_DecryptInit_ex(evp_opener, EVP_aes_128_gcm(), NULL, key,
                               NULL));
    bench_version(o, "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
}
#endif

/* --- nettle --- */

#ifdef HAVE_NETTLE
static struct gcm_aes128_ctx nettle;

static int nettle_seal(void *opaque, int round)
{
    Work *w = opaque;
    size_t size = w->size - CLEAR;

    for (int i = 0; i < turns(w); i++) {
        gcm_aes128_set_iv(&nettle, sizeof(iv), iv);
        gcm_aes128_update(&nettle, CLEAR, w->plain);
        gcm_aes128_encrypt(&nettle, size, w->out, w->plain + CLEAR);
        gcm_aes128_digest(&nettle, 16, w->out + size);
    }
    return turns(w);
}

static int nettle_open(void *opaque, int round)
{
    Work *w = opaque;
    size_t size = w->size - CLEAR;
    uint8_t tag[16];

    for (int i = 0; i < turns(w); i++) {
        gcm_aes128_set_iv(&nettle, sizeof(iv), iv);
        gcm_aes128_update(&nettle, CLEAR, w->sealed);
        gcm_aes128_decrypt(&nettle, size, w->out, w->sealed + CLEAR);
        gcm_aes128_digest(&nettle, 16, tag);
        must_be(!memcmp(tag, w->sealed + w->size, 16));
    }
    return turns(w);
}

static void nettle_start(const BenchOptions *o)
{
    char version[32];

    snprintf(version, sizeof(version), "%d.%d", NETTLE_VERSION_MAJOR,
             NETTLE_VERSION_MINOR);
    gcm_aes128_set_key(&nettle, key);
    bench_version(o, "nettle", version);
}
#endif

/* --- LiveKit's worker, in a process on the same core --- */

static int node_turn(Work *w, const char *what)
{
    int nb = w->size * NODE_MAX > NODE_WORK ? NODE_WORK / w->size : NODE_MAX;

    fprintf(to_node, "%s %zu %d\n", what, w->size, nb);
    fflush(to_node);
    must_be(fscanf(from_node, "%lf", &w->seconds) == 1);
    return nb;
}

static int node_seal(void *opaque, int round)
{
    return node_turn(opaque, "encode");
}

static int node_open(void *opaque, int round)
{
    return node_turn(opaque, "decode");
}

/* @return whether it runs */
static int node_start(const BenchOptions *o, char **arguments)
{
    int to[2], from[2];
    char version[64];

    if (access(arguments[1], R_OK) < 0) {
        printf("no LiveKit worker at %s\n", arguments[1]);
        return 0;
    }
    must_be(!pipe(to) && !pipe(from));
    if (!fork()) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execlp("node", "node", arguments[0], arguments[1], NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    to_node   = must(fdopen(to[1], "w"));
    from_node = must(fdopen(from[0], "r"));
    if (fscanf(from_node, "%63s", version) != 1) {
        printf("no node, or it does not run the worker\n");
        return 0;
    }
    bench_version(o, "Node.js", version);
    return 1;
}

static void set_session(E2EESession *s)
{
    memset(s, 0, sizeof(*s));
    s->scheme = ff_e2ee_scheme_find("livekit");
    s->codec  = E2EE_CODEC_VP8;
    s->ring   = (E2EEKeyRing){ .size = 16, .key_size = 16,
                               .failure_tolerance = -1,
                               .salt = (const uint8_t *)"salt",
                               .salt_size = 4 };
    must_be(!ff_e2ee_keyring_set(&s->ring, 0, E2EE_KDF_HKDF, key,
                                 sizeof(key)));
}

static void work_open(Work *w, size_t size)
{
    E2EEFrame frame;
    E2EEOutput out;

    w->size   = size;
    w->plain  = must(malloc(size));
    w->sealed = must(malloc(size + 16));
    w->ours   = must(malloc(2 * size + 256));
    w->out    = must(malloc(2 * size + 256));
    srand(1);
    for (size_t i = 0; i < size; i++)
        w->plain[i] = rand() >> 7;
    w->plain[0] |= 1;           // VP8: not a key frame
    gcrypt_seal(w, 0);
    memcpy(w->sealed, w->plain, CLEAR);
    memcpy(w->sealed + CLEAR, w->out, size - CLEAR + 16);
    set_session(&w->sender);
    set_session(&w->receiver);
    frame = (E2EEFrame){ w->plain, size, E2EE_CODEC_VP8, 0 };
    out   = (E2EEOutput){ .data = w->ours };
    must_be(!ff_e2ee_seal(&w->sender, &frame, &out));
    w->ours_size = out.size;
}

static void work_close(Work *w)
{
    ff_e2ee_keyring_clear(&w->sender.ring);
    ff_e2ee_keyring_clear(&w->receiver.ring);
    free(w->plain);
    free(w->sealed);
    free(w->ours);
    free(w->out);
}

static void report(const BenchOptions *o, const Peer *peers, int nb)
{
    static const char *const columns[] = { "frames a second", "what", "80 B",
                                           "1200 B", "10000 B", "100000 B",
                                           "cost at 1200 B to the core",
                                           NULL };
    json_t *table = table_new("Others, frames a second of CPU", columns);
    json_t *rows[2][PEERS_MAX];

    for (int p = 0; p < nb; p++)
        for (int j = 0; j < 2; j++)
            rows[j][p] = json_pack("{s:s,s:s}", "frames a second",
                                   peers[p].name, "what", j ? "open" :
                                                              "seal");
    for (int i = 0; i < SIZES; i++) {
        Subject subjects[2 * PEERS_MAX];
        Cost costs[2 * PEERS_MAX];
        Work w;
        char name[48];

        work_open(&w, sizes[i]);
        for (int p = 0; p < nb; p++) {
            const double *own = peers[p].seal == node_seal ? &w.seconds :
                                                             NULL;

            subjects[2 * p]     = (Subject){ peers[p].name, NULL,
                                             peers[p].seal, &w, own, 0 };
            subjects[2 * p + 1] = (Subject){ peers[p].name, NULL,
                                             peers[p].open, &w, own, 1 };
        }
        measure(subjects, 2 * nb, bench_rounds(o, ROUNDS), costs);
        for (int p = 0; p < 2 * nb; p++) {
            json_t *row = rows[p & 1][p / 2];

            json_object_set_new(row, columns[2 + i],
                                json_integer(1 / costs[p].seconds.median));
            snprintf(name, sizeof(name), "cost at %zu B to the core",
                     sizes[i]);
            json_object_set_new(row, name, table_spread(costs[p].ratio));
        }
        work_close(&w);
    }
    for (int j = 0; j < 2; j++)
        for (int p = 0; p < nb; p++)
            table_add(table, rows[j][p]);
    table_end(o, "peers", table);
}

int main(int argc, char **argv)
{
    BenchOptions o = bench_options(argc, argv);
    Peer peers[PEERS_MAX];
    int nb = 0;

    must_be(!gcry_cipher_open(&gcrypt, GCRY_CIPHER_AES128,
                              GCRY_CIPHER_MODE_GCM, GCRY_CIPHER_SECURE) &&
            !gcry_cipher_setkey(gcrypt, key, sizeof(key)));
    peers[nb++] = (Peer){ "this core", core_seal, core_open };
    peers[nb++] = (Peer){ "libgcrypt", gcrypt_seal, gcrypt_open };
#ifdef HAVE_LIBCRYPTO
    evp_start(&o);
    peers[nb++] = (Peer){ "OpenSSL", evp_seal, evp_open };
#endif
#ifdef HAVE_NETTLE
    nettle_start(&o);
    peers[nb++] = (Peer){ "nettle", nettle_seal, nettle_open };
#endif
    if (o.nb_arguments == 2 && node_start(&o, o.arguments))
        peers[nb++] = (Peer){ "LiveKit's worker", node_seal, node_open };
    report(&o, peers, nb);
    return 0;
}
