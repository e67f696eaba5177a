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
 * The speed of LiveKit's own end-to-end encryption worker, as it is, under
 * Node. A line "encode SIZE FRAMES" or "decode SIZE FRAMES" on standard input
 * gets the seconds of CPU on standard output, one frame after the other. The
 * first line of the output is Node's version.
 *
 * usage: node livekit_speed.mjs PATH/livekit-client.e2ee.worker.mjs
 */

import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const WHO = 'someone';
const TEXT = 'correct horse battery staple';

globalThis.crypto ??= webcrypto; /* Node.js 18 */
globalThis.self = globalThis;
globalThis.onmessage = null;
globalThis.postMessage = () => {};
console.log = console.info = console.debug = console.error = () => {};

function post(kind, data) {
    globalThis.onmessage({ data: { kind, data } });
}

function encodedFrame(bytes) {
    return {
        data: bytes.slice().buffer,
        timestamp: 0,
        type: 'delta',
        getMetadata: () => ({ synchronizationSource: 1 }),
    };
}

/* A track's way through the worker: frames go in when it asks for the next,
 * which is when it has done with the one before. */
class Pipe {
    constructor(kind) {
        this.frames = [];
        this.out = null;
        this.readable = new ReadableStream({
            pull: (controller) => new Promise((fed) => {
                this.feed = (frame) => { controller.enqueue(frame); fed(); };
                this.asked?.();
            }),
        }, { highWaterMark: 0 });
        this.writable = new WritableStream({
            write: (frame) => { this.out = frame; this.written?.(); },
        });
        post(kind, { participantIdentity: WHO, trackId: kind, codec: 'vp8',
                     readableStream: this.readable,
                     writableStream: this.writable,
                     hasPacketTrailer: false });
    }

    async run(frame) {
        if (!this.feed)
            await new Promise((resolve) => { this.asked = resolve; });
        const feed = this.feed;
        this.feed = null;
        await new Promise((resolve) => {
            this.written = resolve;
            feed(frame);
        });
        return this.out;
    }
}

function plainFrame(size) {
    const bytes = new Uint8Array(size).map((_, i) => i * 7);
    bytes[0] = 1; /* VP8: not a key frame */
    return bytes;
}

await import(pathToFileURL(process.argv[2]).href);
post('init', { loglevel: 'silent', keyProviderOptions: {
    sharedKey: true, ratchetSalt: 'LKFrameEncryptionKey',
    ratchetWindowSize: 0, failureTolerance: -1, keyringSize: 16,
    keySize: 128 } });
post('setKey', { key: await crypto.subtle.importKey(
    'raw', new TextEncoder().encode(TEXT), { name: 'PBKDF2' }, false,
    ['deriveBits', 'deriveKey']), keyIndex: 0, isPublisher: true });
post('enable', { enabled: true, participantIdentity: WHO });
await new Promise((resolve) => setTimeout(resolve, 500));

const pipes = { encode: new Pipe('encode'), decode: new Pipe('decode') };

process.stdout.write(process.version + '\n');
for await (const line of createInterface({ input: process.stdin })) {
    const [kind, size, nb] = line.split(' ');
    let bytes = plainFrame(Number(size));
    if (kind === 'decode')
        bytes = new Uint8Array((await pipes.encode.run(
            encodedFrame(bytes))).data);
    const frames = Array.from({ length: Number(nb) },
                              () => encodedFrame(bytes));
    const start = process.cpuUsage();
    for (const frame of frames)
        await pipes[kind].run(frame);
    const used = process.cpuUsage(start);
    process.stdout.write((used.user + used.system) / 1e6 + '\n');
}
