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
 * What runs in the browser's worker: LiveKit's worker as it is, behind a tap
 * that tells the page size and Adler-32 of each frame before and after it,
 * as ffmpeg's framecrc does.
 */

const Plain = TransformStream;

function adler32(buffer) {
    let a = 0, b = 0; /* framecrc starts at 0 */
    for (const byte of new Uint8Array(buffer)) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    return (b * 65536 + a).toString(16).padStart(8, '0');
}

function describe(frame) {
    return [frame.data.byteLength, `0x${adler32(frame.data)}`,
            frame.type ?? 'audio'];
}

self.TransformStream = class extends Plain {
    constructor(transformer, ...rest) {
        super({
            transform: (frame, controller) => {
                postMessage({ tap: 'in', frame: describe(frame) });
                return transformer.transform(frame, {
                    enqueue: (out) => {
                        postMessage({ tap: 'out', frame: describe(out) });
                        controller.enqueue(out);
                    },
                });
            },
        }, ...rest);
    }
};

await import('/livekit-worker.mjs');
postMessage({ ready: true });
