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
 * Where secrets are while filters live, after a key was replaced, and after
 * the filters closed: another process holds the filters
 * and stops, all its memory is looked through. Only libgcrypt's secure memory
 * may have the keys while they are in use, nothing may have them after.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gcrypt.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>

#include "common.h"
#include "faults/interpose.h"
#include "filter_run.h"
#include "memory_scan.h"
#include "session.h"

#define FRAME "\x78-the-sound-of-a-voice"
#define RAW_SIZE  16
#define TEXT_SIZE 24

static const struct Row {
    const char *scheme, *option, *more;
    int         ratchets;       ///< 2: to what begins with the old key
} rows[] = {
    { "videosdk",  "key_file", "", 0 },
    { "videosdk",  "key",      "", 0 },
    { "videosdk",  "key_hex",  "", 0 },
    { "videosdk",  "key",      "peer=native:key_size=256", 0 },
    { "livekit",   "key_file", "", 2 },
    { "livekit",   "key_hex",  "", 2 },
    { "jitsi",     "key_file", "", 1 },
    { "nextcloud", "key_hex",  "", 1 },
    { "stream",    "key_hex",  "", 0 },
    { "sframe",    "key_hex",  "sframe_ratchet_bits=4", 1 },
    { "sframe",    "key_hex",  "suite=1", 0 },
    { "sframe",    "key_hex",  "suite=6", 0 },
    { "dave",      "key_hex",  "", 0 },
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

/* --- keys as the library gets them --- */

static Needles *capturing;

gcry_error_t __real_gcry_cipher_setkey(gcry_cipher_hd_t cipher,
                                       const void *key, size_t size);
gcry_error_t __wrap_gcry_cipher_setkey(gcry_cipher_hd_t cipher,
                                       const void *key, size_t size);
gcry_error_t __real_gcry_md_setkey(gcry_md_hd_t md, const void *key,
                                   size_t size);
gcry_error_t __wrap_gcry_md_setkey(gcry_md_hd_t md, const void *key,
                                   size_t size);

gcry_error_t __wrap_gcry_cipher_setkey(gcry_cipher_hd_t cipher,
                                       const void *key, size_t size)
{
    Needles *needles = capturing;

    capturing = NULL; /* a needle's own cipher */
    if (needles)
        needles_add_aes(needles, "derived AES key", key, size);
    capturing = needles;
    return __real_gcry_cipher_setkey(cipher, key, size);
}

/* Salts are no secrets; they are text or all zeros. */
gcry_error_t __wrap_gcry_md_setkey(gcry_md_hd_t md, const void *key,
                                   size_t size)
{
    if (capturing && gcry_is_secure(key))
        needles_add(capturing, "derived HMAC key", key, size);
    return __real_gcry_md_setkey(md, key, size);
}

/* --- the process that is looked at --- */

static void stop(const char *at)
{
    void *block = gcry_malloc_secure(1);
    char line;

    printf("%s %lx\n", at, (unsigned long)(uintptr_t)block);
    fflush(stdout);
    gcry_free(block);
    if (read(0, &line, 1) != 1)
        _exit(1);
}

static void take_key(AVBSFContext *const *filters, const char *option)
{
    char secret[128] = { 0 };
    ssize_t size = read(0, secret, sizeof(secret) - 1);

    if (size <= 0)
        _exit(1);
    for (int i = 0; i < 2; i++)
        filter_set(filters[i], option, secret);
    explicit_bzero(secret, sizeof(secret));
}

static void pass_frames(AVBSFContext *const *filters)
{
    for (int i = 0; i < 3; i++) {
        AVPacket *in = make_packet(FRAME, strlen(FRAME), i, 0);
        AVPacket *sealed = filter_must_pass(filters[0], in);
        AVPacket *opened = filter_must_pass(filters[1], sealed);
        int ret;

        assert_bytes("opened", opened->data, opened->size, in->data, in->size);
        av_packet_free(&opened);
        sealed->data[3] ^= 1;
        opened = filter_packet(filters[1], sealed, &ret);
        check_that(!opened, "a damaged frame was opened");
        av_packet_free(&in);
        av_packet_free(&sealed);
    }
}

static AVBSFContext *make_filter(const char *name, const struct Row *row)
{
    AVBSFContext *bsf;

    check_that(av_bsf_alloc(av_bsf_get_by_name(name), &bsf) >= 0, "memory");
    bsf->par_in->codec_type = AVMEDIA_TYPE_AUDIO;
    bsf->par_in->codec_id   = AV_CODEC_ID_OPUS;
    bsf->time_base_in       = (AVRational){ 1, 1000 };
    filter_set(bsf, "scheme", row->scheme);
    check_that(av_set_options_string(bsf->priv_data, row->more, "=", ":") >= 0,
               "%s", row->more);
    return bsf;
}

static void be_looked_at(const struct Row *row)
{
    AVBSFContext *filters[2] = { make_filter("e2ee_encrypt", row),
                                 make_filter("e2ee_decrypt", row) };

    av_log_set_level(AV_LOG_QUIET);
    take_key(filters, row->option);
    for (int i = 0; i < 2; i++)
        check_that(av_bsf_init(filters[i]) >= 0, "init");
    pass_frames(filters);
    stop("alive");
    if (row->ratchets) {
        filter_set(filters[0], "ratchet", "1");
        pass_frames(filters);
        stop("ratcheted");
    }
    stop("next");
    take_key(filters, row->option);
    pass_frames(filters);
    stop("replaced");
    for (int i = 0; i < 2; i++)
        av_bsf_free(&filters[i]);
    stop("closed");
}

/* --- the one that looks --- */

typedef struct Child {
    pid_t pid;
    FILE *in;
    int   out;
    char  process[32];
    unsigned long pool;         ///< an address within the secure memory
} Child;

/* The process has to be there before there is a secret. */
static Child start(const struct Row *row)
{
    int in[2], out[2];
    Child child;

    check_that(!pipe(in) && !pipe(out), "pipe");
    child.pid = fork();
    if (!child.pid) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        be_looked_at(row);
        _exit(0);
    }
    close(in[0]);
    close(out[1]);
    child.in  = fdopen(out[0], "r");
    child.out = in[1];
    snprintf(child.process, sizeof(child.process), "/proc/%d",
             (int)child.pid);
    return child;
}

static void await(Child *child, const char *stop)
{
    char line[64], name[32];

    check_that(fgets(line, sizeof(line), child->in) &&
               sscanf(line, "%31s %lx", name, &child->pool) == 2 &&
               !strcmp(name, stop), "the other process did not reach %s",
               stop);
}

static void tell(const Child *child, const void *bytes, size_t size)
{
    check_that(write(child->out, bytes, size) == (ssize_t)size, "write");
}

typedef struct Look {
    const Child *child;
    const char  *what;
    int          expected;      ///< secure memory has some
    int          within, outside;
} Look;

static void note(void *opaque, const MemoryFind *find)
{
    Look *look = opaque;

    int within = find->begin <= look->child->pool &&
                 look->child->pool < find->end;

    look->within  += within;
    look->outside += !within;
    if (!within || !look->expected)
        fprintf(stderr, "%s: %s, %s, at %lx %s\n", look->what,
                find->needle->secret, find->needle->form,
                (unsigned long)find->address,
                within ? "(secure)" : find->mapping);
}

/* @param within  whether the secure memory must have some, or must not; -1:
 *                either */
static void look_for(const Child *child, const char *what,
                     const Needles *needles, int within)
{
    Look look = { child, what, within, 0, 0 };
    long scanned = memory_scan(child->process, needles, note, &look);

    check_that(scanned > 0, "%s: the memory could not be read", what);
    check_that(!look.outside, "%s: %d places hold a secret", what,
               look.outside);
    check_that(within < 0 || !look.within == !within,
               "%s: %d places in secure memory", what, look.within);
}

typedef struct Key {
    uint8_t raw[64];
    size_t  size;
    char    option[160];        ///< the value to set, or the file's name
    Needles needles, ratcheted;
} Key;

static enum E2EEKdf kdf_of(const struct Row *row, const E2EESession *session)
{
    return ff_e2ee_scheme_kdf(session, E2EE_KDF_AUTO,
                              !strcmp(row->option, "key_hex"));
}

/* Everything that is derived, as the core derives it. */
static void derive(Key *key, const struct Row *row)
{
    int native = !!strstr(row->more, "native");
    const char *suite = strstr(row->more, "suite=");
    E2EESession session;

    session_init_scheme(&session, row->scheme, native ? E2EE_PEER_NATIVE :
                                                        E2EE_PEER_WEB,
                        E2EE_CODEC_OPUS);
    if (strstr(row->more, "key_size=256"))
        session.ring.key_size = 32;
    session.ring.suite = suite ? atoi(suite + 6) : 4;
    session.ring.ratchet_bits = strstr(row->more, "bits=4") ? 4 : 0;
    ff_e2ee_crypto_init(); /* its self-test has keys that are no secret */
    capturing = &key->needles;
    check_that(!ff_e2ee_keyring_set(&session.ring, 0, kdf_of(row, &session),
                                    key->raw, key->size), "%s", row->scheme);
    capturing = &key->ratcheted;
    if (row->ratchets)
        check_that(!ff_e2ee_keyring_ratchet(&session.ring, 0, 1), "ratchet");
    capturing = NULL;
    ff_e2ee_keyring_clear(&session.ring);
}

static const char other_lines[] = "9:hex:000102030405060708090a0b0c0d0e0f\n"
                                  "10:another one that nobody asks for\n";

static void make_key(Key *key, const struct Row *row)
{
    int text = strcmp(row->option, "key_hex");
    char *p = key->option;

    memset(key, 0, sizeof(*key));
    key->size = text ? TEXT_SIZE : RAW_SIZE;
    check_that(getrandom(key->raw, key->size, 0) == (ssize_t)key->size,
               "random");
    for (size_t i = 0; i < key->size && text; i++)
        key->raw[i] = 'a' + key->raw[i] % 26;
    needles_add(&key->needles, "what was given", key->raw, key->size);
    derive(key, row);
    if (!strcmp(row->option, "key_file")) {
        int fd = open("memory.key", O_CREAT | O_TRUNC | O_WRONLY, 0600);

        /* Not at the begin, which the next who gets the memory overwrites. */
        check_that(dprintf(fd, "%s%.*s", other_lines, (int)key->size,
                           (const char *)key->raw) > 0, "memory.key");
        close(fd);
        strcpy(key->option, "memory.key");
    } else if (text) {
        memcpy(key->option, key->raw, key->size);
    } else {
        for (size_t i = 0; i < key->size; i++)
            p += sprintf(p, "%02x", key->raw[i]);
    }
}

START_TEST(keys_are_in_secure_memory_alone)
{
    const struct Row *row = &rows[_i];
    Child child = start(row);
    char what[128];
    static Key old, new;
    int status;

    make_key(&old, row);
    tell(&child, old.option, strlen(old.option));
    await(&child, "alive");
    snprintf(what, sizeof(what), "%s, %s, %s", row->scheme, row->option,
             row->more);
    look_for(&child, what, &old.needles, 1);
    tell(&child, "\n", 1);
    if (row->ratchets) {
        await(&child, "ratcheted");
        look_for(&child, what, &old.needles, row->ratchets > 1 ? -1 : 0);
        look_for(&child, what, &old.ratcheted, 1);
        tell(&child, "\n", 1);
    }
    await(&child, "next");
    tell(&child, "\n", 1);
    make_key(&new, row);
    tell(&child, new.option, strlen(new.option));
    await(&child, "replaced");
    look_for(&child, what, &old.needles, 0);
    look_for(&child, what, &old.ratcheted, 0);
    look_for(&child, what, &new.needles, 1);
    tell(&child, "\n", 1);
    await(&child, "closed");
    look_for(&child, what, &new.needles, 0);
    tell(&child, "\n", 1);
    waitpid(child.pid, &status, 0);
    ck_assert_int_eq(status, 0);
    unlink("memory.key");
    fclose(child.in);
    close(child.out);
}
END_TEST

/* The flags of the mapping that the secure memory is in. */
static int pool_flags(char *flags, size_t size, const void *address)
{
    FILE *smaps = fopen("/proc/self/smaps", "r");
    unsigned long begin, end;
    int inside = 0;

    while (smaps && fgets(flags, size, smaps)) {
        if (sscanf(flags, "%lx-%lx ", &begin, &end) == 2)
            inside = begin <= (uintptr_t)address && (uintptr_t)address < end;
        if (inside && !strncmp(flags, "VmFlags:", 8)) {
            fclose(smaps);
            return 1;
        }
    }
    return 0;
}

/* dd: do not dump; lo: locked. */
START_TEST(secure_memory_is_not_dumped_nor_swapped)
{
    char flags[512];
    struct rlimit limit;
    void *block;

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    block = gcry_malloc_secure(1);
    if (pool_flags(flags, sizeof(flags), block)) {
        ck_assert_msg(!!strstr(flags, " dd"), "%s", flags);
        getrlimit(RLIMIT_MEMLOCK, &limit);
        /* AddressSanitizer lets mlock() do nothing. */
        if (!FAULT_SANITIZED && limit.rlim_cur >= 64 << 10)
            ck_assert_msg(!!strstr(flags, " lo"), "%s", flags);
    }
    gcry_free(block);
}
END_TEST

/* More ciphers than there is room for: the memory grows, nothing is said. */
START_TEST(secure_memory_grows_without_a_word)
{
    static E2EEAead *ciphers[2000];
    static const uint8_t key[16] = { 1 };
    int file = open("memory.err", O_CREAT | O_TRUNC | O_RDWR, 0600);
    int err = dup(2);

    ck_assert_int_eq(ff_e2ee_crypto_init(), E2EE_OK);
    dup2(file, 2);
    for (int i = 0; i < 2000; i++)
        ck_assert_int_eq(ff_e2ee_aead_alloc(&ciphers[i], key, sizeof(key)),
                         E2EE_OK);
    dup2(err, 2);
    ck_assert_int_eq(lseek(file, 0, SEEK_END), 0);
    ck_assert(gcry_is_secure(*(void **)(ciphers[1999] + 1)));
    for (int i = 0; i < 2000; i++)
        ff_e2ee_aead_free(&ciphers[i]);
    close(file);
    unlink("memory.err");
}
END_TEST

int main(void)
{
    TCase *tests;
    Suite *suite = suite_with("memory", &tests);

    /* AddressSanitizer's memory is too large to look through. */
    if (!FAULT_SANITIZED)
        tcase_add_loop_test(tests, keys_are_in_secure_memory_alone, 0,
                            NB_ROWS);
    tcase_add_test(tests, secure_memory_is_not_dumped_nor_swapped);
    tcase_add_test(tests, secure_memory_grows_without_a_word);
    return run_suite(suite);
}
