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
 * LiveKit's own end-to-end encryption worker, as it is, under Node: frames
 * and messages come as JSON lines on standard input, and every line gets one
 * line back on standard output:
 *
 *     {"post": MESSAGE}                 a message of the SDK to its worker
 *     {"setKey": {...}}                 the same, with "text" or "hex" as key
 *     {"encode": FRAME}, {"decode": FRAME}
 *         FRAME: {track, codec, video, type, timestamp, ssrc, hex}
 *
 *     {"hex": DIGITS or null, "messages": [...]}
 *
 * hex is the frame that came out, null if the worker dropped it; messages is
 * what the worker said meanwhile.
 *
 * usage: node livekit_worker.mjs PATH/livekit-client.e2ee.worker.mjs
 */

import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const BARRIER = 'nobody';
let messages = [];
let passed;

globalThis.crypto ??= webcrypto; /* Node.js 18 */
globalThis.self = globalThis;
globalThis.onmessage = null;
globalThis.postMessage = (message) => {
    if (message.data?.participantIdentity === BARRIER)
        passed();
    else
        messages.push(plain(message));
};
globalThis.RTCEncodedAudioFrame = class {}; /* named in a log line */
console.log = console.info = console.debug = console.error;

/* An error has its text in places that JSON does not show. */
function plain(message) {
    const error = message?.data?.error;
    return error ? { kind: message.kind, error: String(error.message),
                     reason: error.reason } : message;
}

function settle() {
    return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/* How many derivations go on. */
let deriving = 0;

for (const name of ['deriveBits', 'deriveKey', 'importKey']) {
    const subtle = Object.getPrototypeOf(crypto.subtle);
    const derive = subtle[name];
    subtle[name] = async function (...args) {
        deriving++;
        try {
            return await derive.apply(this, args);
        } finally {
            deriving--;
        }
    };
}

async function derived() {
    do {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await settle();
    } while (deriving);
}

/* A track's way through the worker. The worker asks for the next frame when
 * it has done with the last one, so a frame that was dropped shows. */
class Pipe {
    constructor(kind, frame) {
        this.out = null;
        this.ready = new Promise((resolve) => { this.isReady = resolve; });
        this.readable = new ReadableStream({
            pull: (controller) => new Promise((fed) => {
                this.feed = (next) => {
                    this.ready = new Promise((resolve) => {
                        this.isReady = resolve;
                    });
                    controller.enqueue(next);
                    fed();
                };
                this.isReady();
            }),
        }, { highWaterMark: 0 });
        this.writable = new WritableStream({
            write: (next) => { this.out = next; },
            abort: () => { this.dead = true; this.isReady(); },
        });
        globalThis.onmessage({ data: { kind, data: {
            participantIdentity: frame.participant ?? 'someone',
            trackId: frame.track, readableStream: this.readable,
            writableStream: this.writable, codec: frame.codec,
            hasPacketTrailer: frame.trailer ?? false,
        } } });
    }

    async run(frame) {
        await this.ready;
        this.out = null;
        if (this.dead)
            return null;
        this.feed(frame);
        await this.ready;
        await settle();
        return this.out;
    }
}

const pipes = new Map();

function encodedFrame(frame) {
    const bytes = Buffer.from(frame.hex, 'hex');
    const metadata = { synchronizationSource: frame.ssrc ?? 1,
                       payloadType: frame.payloadType };
    const encoded = {
        data: bytes.buffer.slice(bytes.byteOffset,
                                 bytes.byteOffset + bytes.byteLength),
        timestamp: frame.timestamp ?? 0,
        getMetadata: () => metadata,
    };
    if (frame.video)
        encoded.type = frame.type ?? 'delta';
    return encoded;
}

async function run(kind, frame) {
    const name = `${kind} ${frame.track}`;
    if (!pipes.has(name))
        pipes.set(name, new Pipe(kind, frame));
    const out = await pipes.get(name).run(encodedFrame(frame));
    return out ? Buffer.from(out.data).toString('hex') : null;
}

/* As createKeyMaterialFromString() and createKeyMaterialFromBuffer() do. */
async function importKey({ text, hex }) {
    const bytes = text === undefined ? Buffer.from(hex, 'hex')
                                     : new TextEncoder().encode(text);
    return crypto.subtle.importKey(
        'raw', bytes, { name: text === undefined ? 'HKDF' : 'PBKDF2' }, false,
        ['deriveBits', 'deriveKey']);
}

/* The worker takes its messages in turn: when it has answered the second, it
 * has done the first. But for a ratchet of a shared key, which it does beside
 * and tells nobody of. */
async function post(message) {
    globalThis.onmessage({ data: message });
    if (message.kind === 'ratchetRequest')
        await derived();
    await new Promise((resolve) => {
        passed = resolve;
        globalThis.onmessage({ data: { kind: 'enable', data: {
            enabled: true, participantIdentity: BARRIER } } });
    });
    await settle();
    return null;
}

const commands = {
    post,
    setKey: async ({ text, hex, ...data }) =>
        post({ kind: 'setKey',
               data: { ...data, key: await importKey({ text, hex }) } }),
    encode: (frame) => run('encode', frame),
    decode: (frame) => run('decode', frame),
};

await import(pathToFileURL(process.argv[2]).href);
for await (const line of createInterface({ input: process.stdin })) {
    const [[name, argument]] = Object.entries(JSON.parse(line));
    messages = [];
    const hex = await commands[name](argument);
    process.stdout.write(JSON.stringify({ hex, messages }) + '\n');
}
