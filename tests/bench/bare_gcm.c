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


#include <stdlib.h>
#include <string.h>

#include <gcrypt.h>
#include <libavutil/mem.h>

#include "bare_gcm.h"
#include "e2ee_layout.h"

#define IV_SIZE  12
#define TAG_SIZE 16

typedef struct Item {
    const uint8_t *plain;
    uint8_t       *sealed;      ///< AAD, ciphertext, tag
    size_t         clear, size;
    uint8_t        iv[IV_SIZE];
} Item;

struct BareGcm {
    gcry_cipher_hd_t cipher;
    const Packets   *packets;
    Item            *items;
    uint8_t         *out;       ///< room for the largest
};

static void must_be_0(gcry_error_t err)
{
    if (err)
        abort();
}

static void *must(void *pointer)
{
    if (!pointer)
        abort();
    return pointer;
}

static size_t clear_size(const AVPacket *p, enum AVCodecID codec)
{
    E2EEFrame frame = { p->data, p->size, E2EE_CODEC_H264, 0 };
    E2EELayout layout = { 0 };

    switch (codec) {
    case AV_CODEC_ID_VP8:
        return p->data[0] & 1 ? 3 : 10;
    case AV_CODEC_ID_H264:
        return ff_e2ee_layout_slice(&frame, &layout) ? 6 : layout.clear;
    default:
        return 1;
    }
}

static void seal(BareGcm *b, Item *item, uint8_t *dst)
{
    uint8_t *tag = dst + item->size - item->clear;

    gcry_cipher_setiv(b->cipher, item->iv, IV_SIZE);
    gcry_cipher_authenticate(b->cipher, item->plain, item->clear);
    gcry_cipher_encrypt(b->cipher, dst, item->size - item->clear,
                        item->plain + item->clear, item->size - item->clear);
    gcry_cipher_gettag(b->cipher, tag, TAG_SIZE);
}

int bare_gcm_seal(void *opaque, int round)
{
    BareGcm *b = opaque;
    PacketWindow w = packets_window(b->packets, round);

    for (int i = w.first; i < w.first + w.nb; i++)
        seal(b, &b->items[i], b->out);
    return w.nb;
}

int bare_gcm_open(void *opaque, int round)
{
    BareGcm *b = opaque;
    PacketWindow w = packets_window(b->packets, round);

    for (int i = w.first; i < w.first + w.nb; i++) {
        const Item *item = &b->items[i];
        size_t size = item->size - item->clear;

        gcry_cipher_setiv(b->cipher, item->iv, IV_SIZE);
        gcry_cipher_authenticate(b->cipher, item->sealed, item->clear);
        gcry_cipher_decrypt(b->cipher, b->out, size,
                            item->sealed + item->clear, size);
        must_be_0(gcry_cipher_checktag(b->cipher, item->sealed + item->size,
                                       TAG_SIZE));
    }
    return w.nb;
}

void bare_gcm_touch(void *opaque, int round)
{
    BareGcm *b = opaque;

    packets_touch(b->packets, packets_window(b->packets, round));
}

void bare_gcm_touch_sealed(void *opaque, int round)
{
    static volatile unsigned sink;
    BareGcm *b = opaque;
    PacketWindow w = packets_window(b->packets, round);

    for (int i = w.first; i < w.first + w.nb; i++)
        for (size_t j = 0; j < b->items[i].size; j += 64)
            sink += b->items[i].sealed[j];
}

BareGcm *bare_gcm_alloc(const Packets *packets)
{
    static const uint8_t key[16] = { 1 };
    BareGcm *b = must(av_mallocz(sizeof(*b)));
    size_t most = 0;

    b->packets = packets;
    b->items   = must(av_calloc(packets->nb, sizeof(*b->items)));
    must_be_0(gcry_cipher_open(&b->cipher, GCRY_CIPHER_AES128,
                               GCRY_CIPHER_MODE_GCM, GCRY_CIPHER_SECURE));
    must_be_0(gcry_cipher_setkey(b->cipher, key, sizeof(key)));
    for (int i = 0; i < packets->nb; i++) {
        const AVPacket *p = packets->packets[i];
        Item *item = &b->items[i];

        item->plain  = p->data;
        item->size   = p->size;
        item->clear  = clear_size(p, packets->par->codec_id);
        item->sealed = must(av_malloc(item->size + TAG_SIZE));
        memcpy(item->iv, &i, sizeof(i));
        memcpy(item->sealed, item->plain, item->clear);
        seal(b, item, item->sealed + item->clear);
        most = item->size > most ? item->size : most;
    }
    b->out = must(av_malloc(most + TAG_SIZE));
    return b;
}

void bare_gcm_free(BareGcm **bare)
{
    BareGcm *b = *bare;

    for (int i = 0; i < b->packets->nb; i++)
        av_free(b->items[i].sealed);
    gcry_cipher_close(b->cipher);
    av_free(b->items);
    av_free(b->out);
    av_freep(bare);
}
