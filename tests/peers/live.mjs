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
 * Live, both ways, over loopback: ffmpeg seals and sends RTP, a small WebRTC
 * peer carries it into headless Chromium, where LiveKit's own worker opens
 * it and the browser decodes it; and the browser captures and seals, and
 * ffmpeg opens. Prints TAP.
 *
 * usage: node live.mjs  (see tests/filters/live.sh for the environment)
 */

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
    from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { E2EE_PEERS, FFMPEG, FFMPEG_WHIP, top_srcdir } = process.env;
const require = createRequire(join(E2EE_PEERS, 'package.json'));
const { chromium } = require('playwright-core');
const { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters } =
    require('werift');

/* Paths under which WHIP asks, and who answers. */
const whip = new Map();
const SALT = 'VideoSDKEncryptionRatchetSalt';
const KEY = 'a passphrase of this room';
const FRAMES = 100;
const directory = mkdtempSync(join(tmpdir(), 'e2ee-live-'));

/* What ffmpeg encodes; keys and codec as WebRTC and the SDK name them. */
const media = {
    vp8: { kind: 'video', mime: 'video/VP8', clock: 90000, port: 5006,
        input: ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25'],
        encode: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8',
            '-b:v', '500k', '-g', '25', '-auto-alt-ref', '0'] },
    h264: { kind: 'video', mime: 'video/H264', clock: 90000, port: 5016,
        parameters: 'level-asymmetry-allowed=1;packetization-mode=1;' +
            'profile-level-id=42e01f',
        input: ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25'],
        encode: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune',
            'zerolatency', '-profile:v', 'baseline', '-b:v', '500k', '-g',
            '25', '-x264-params', 'repeat-headers=1'] },
    opus: { kind: 'audio', mime: 'audio/OPUS', clock: 48000, channels: 2,
        port: 5026,
        input: ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
        encode: ['-c:a', 'libopus', '-ac', '2', '-b:a', '64k'] },
};

function run(args, program = FFMPEG) {
    const child = spawn(program, ['-nostdin', '-y', ...args],
                        { stdio: ['ignore', 'ignore', 'pipe'] });
    let error = '';

    child.stderr.on('data', (text) => { error += text; });
    child.done = new Promise((resolve) => child.on('exit', (status) =>
        resolve({ status, error })));
    return child;
}

/* Size and Adler-32 of each packet of a framecrc file. */
function packets(file) {
    return readFileSync(file, 'utf8').split('\n')
        .filter((line) => /^\d/.test(line)).map((line) => {
            const [, , , , size, crc] = line.split(/,\s*/);
            return [Number(size), crc];
        });
}

/* How many of the frames that were got are among those wanted, in order. */
function matches(got, wanted) {
    let next = 0, same = 0;

    for (const [size, crc] of got) {
        const at = wanted.findIndex(([s, c], i) =>
            i >= next && s === size && c === crc);
        if (at >= 0) {
            same++;
            next = at + 1;
        }
    }
    return same;
}

function seconds(n) {
    return new Promise((resolve) => setTimeout(resolve, 1000 * n));
}

async function until(condition, limit) {
    for (let i = 0; i < 10 * limit; i++) {
        if (await condition())
            return true;
        await seconds(0.1);
    }
    return false;
}

/* A program here has the UDP port. /proc/net/udp: its second column. */
function isBound(port) {
    const end = ':' + port.toString(16).toUpperCase().padStart(4, '0');

    return readFileSync('/proc/net/udp', 'utf8').split('\n')
        .some((line) => line.trim().split(/\s+/)[1]?.endsWith(end));
}

function connect({ kind, mime, clock, channels, parameters }, direction,
                 track) {
    const pc = new RTCPeerConnection({
        iceAdditionalHostAddresses: ['127.0.0.1'], iceServers: [],
        codecs: { [kind]: [new RTCRtpCodecParameters({
            mimeType: mime, clockRate: clock, channels, payloadType: 96,
            parameters, rtcpFeedback: kind === 'audio' ? [] :
                [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
        })] },
    });
    const transceiver = pc.addTransceiver(track ?? kind, { direction });
    return { pc, transceiver };
}

/* Until so many frames came to the page's worker, or the time is over. */
async function worked(page, frames, limit) {
    await until(async () => (await page.evaluate(() => window.report()))
        .in.length >= frames, limit);
    return page.evaluate(() => window.report());
}

async function negotiate(pc, reply) {
    await pc.setLocalDescription(await pc.createOffer());
    await until(() => pc.iceGatheringState === 'complete', 20);
    await pc.setRemoteDescription(
        { type: 'answer', sdp: await reply(pc.localDescription.sdp) });
    if (!await until(() => pc.connectionState === 'connected', 30))
        throw new Error(`the call is ${pc.connectionState}`);
}

/* What ffmpeg sends, sealed and opened again by itself. */
async function sentBy(file) {
    await run(['-v', 'fatal', '-i', `${file}.nut`, '-c', 'copy', '-f',
        'framecrc', `${file}.sealed`]).done;
    await run(['-v', 'fatal', '-i', `${file}.nut`, '-c', 'copy', '-bsf',
        `e2ee_decrypt=key_file=${file}.key`, '-f', 'framecrc',
        `${file}.opened`]).done;
    return { sealed: packets(`${file}.sealed`),
             opened: packets(`${file}.opened`) };
}

/* ffmpeg to browser. The file that ffmpeg writes beside tells what it sent. */
async function toBrowser(page, name, { index = 0, key = KEY } = {}) {
    const row = media[name], file = join(directory, `${page.number}`);
    const udp = createSocket('udp4');
    const track = new MediaStreamTrack({ kind: row.kind });
    const { pc } = connect(row, 'sendonly', track);
    const port = row.port + 200 * page.number;

    writeFileSync(`${file}.key`, `${index}:${KEY}\n`);
    udp.on('message', (packet) => {
        if (packet[1] < 192 || packet[1] > 223)
            track.writeRtp(packet);
    });
    await new Promise((resolve) => udp.bind(port, '127.0.0.1', resolve));
    await negotiate(pc, (offer) => page.evaluate(
        ([room, sdp, codec]) => window.receive(room, sdp, codec),
        [{ salt: SALT, key: { text: key } }, offer, name]));
    const seal = `e2ee_encrypt=key_file=${file}.key:key_index=${index}`;
    const count = row.kind === 'video' ? ['-frames:v', FRAMES] : ['-t', '4'];
    const made = await run(['-v', 'error', ...row.input, ...count,
        ...row.encode, '-bsf', seal, '-f', 'nut', `${file}.nut`]).done;
    const sent = await run(['-v', 'fatal', '-re', '-i', `${file}.nut`, '-c',
        'copy', '-f', 'rtp', '-payload_type', '96',
        `rtp://127.0.0.1:${port}?pkt_size=1200`]).done;
    const { sealed, opened } = await sentBy(file);
    const report = await worked(page, sealed.length, 3);
    await pc.close();
    udp.close();
    return { report, sealed, opened, status: made.status || sent.status,
             error: made.error + sent.error };
}

/* Browser to ffmpeg, which ends when it gets BYE (RFC 3550, 6.6). */
async function fromBrowser(page, name) {
    const row = media[name], file = join(directory, `${page.number}`);
    const udp = createSocket('udp4');
    const { pc, transceiver } = connect(row, 'recvonly');
    const port = row.port + 200 * page.number;
    const rtcp = Buffer.from('80c9000100000001' + '81cb000100000001', 'hex');

    writeFileSync(`${file}.key`, `0:${KEY}\n`);
    writeFileSync(`${file}.sdp`, ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-',
        'c=IN IP4 127.0.0.1', 't=0 0', `m=${row.kind} ${port} RTP/AVP 96`,
        `a=rtpmap:96 ${row.mime.split('/')[1]}/${row.clock}` +
        (row.channels ? `/${row.channels}` : ''),
        ...row.parameters ? [`a=fmtp:96 ${row.parameters}`] : [], '',
    ].join('\r\n'));
    const ffmpeg = run(['-v', 'fatal', '-protocol_whitelist', 'file,udp,rtp',
        '-i', `${file}.sdp`,
        '-c', 'copy', '-f', 'framecrc', `${file}.sealed`, '-c', 'copy',
        '-bsf', `e2ee_decrypt=key_file=${file}.key`, '-f', 'framecrc',
        `${file}.opened`]);
    await until(() => isBound(port), 20);
    transceiver.onTrack.subscribe((track) => {
        track.onReceiveRtp.subscribe((packet) => {
            packet.header.payloadType = 96;
            udp.send(packet.serialize(), port, '127.0.0.1');
        });
        const ask = setInterval(() => row.kind === 'video' &&
            transceiver.receiver.sendRtcpPLI(track.ssrc), 1000);
        pc.connectionStateChange.subscribe((state) =>
            state === 'closed' && clearInterval(ask));
    });
    await negotiate(pc, (offer) => page.evaluate(
        ([room, sdp, codec, kind]) => window.send(room, sdp, codec, kind),
        [{ salt: SALT, key: { text: KEY } }, offer, name, row.kind]));
    await until(() => existsSync(`${file}.opened`), 25);
    await worked(page, FRAMES, 20);
    await page.evaluate(() => window.stop());
    await seconds(0.5);
    const report = await page.evaluate(() => window.report());
    await pc.close();
    for (let i = 0; i < 3; i++) {
        udp.send(rtcp, port + 1, '127.0.0.1');
        await seconds(0.2);
    }
    const timer = setTimeout(() => ffmpeg.kill(), 20000);
    const { status, error } = await ffmpeg.done;
    clearTimeout(timer);
    udp.close();
    return { report, sealed: packets(`${file}.sealed`),
             opened: packets(`${file}.opened`), status, error };
}

/* What FFmpeg 9.0's offer needs before Chromium takes it: a group of SSRCs of
 * which one has no line of its own goes, and so does the High profile, of
 * which the browser knows nothing. */
function repair(offer) {
    return offer.replace(/a=ssrc-group:FID .*\r\n/g, '')
        .replace(/profile-level-id=[0-9a-f]{6}/i, 'profile-level-id=42e01f');
}

/* ffmpeg's WHIP muxer into the browser, with nothing between but SDP. */
async function byWhip(page) {
    const row = media.h264, file = join(directory, `${page.number}`);
    const seal = `e2ee_encrypt=key_file=${file}.key`;
    let told;
    const answered = new Promise((resolve) => { told = resolve; });

    writeFileSync(`${file}.key`, `0:${KEY}\n`);
    whip.set(`/whip/${page.number}`, async (offer) => {
        const answer = await page.evaluate(
            ([room, sdp]) => window.receive(room, sdp, 'h264'),
            [{ salt: SALT, key: { text: KEY } }, repair(offer)]);
        told();
        return answer;
    });
    await run(['-v', 'error', ...row.input, '-frames:v', FRAMES,
        ...row.encode, '-bsf', seal, '-f', 'nut', `${file}.nut`],
              FFMPEG_WHIP).done;
    /* That the DELETE at the end gets no answer is always an error line. */
    const sent = await run(['-v', 'fatal', '-re', '-i', `${file}.nut`, '-c',
        'copy', '-f', 'whip', `${page.url()}whip/${page.number}`],
                           FFMPEG_WHIP).done;
    await Promise.race([answered, seconds(5)]);
    const { sealed, opened } = await sentBy(file);
    return { report: await worked(page, sealed.length, 3), sealed, opened,
             status: sent.status, error: sent.error };
}

/* Each gives what is wrong, "" if nothing. On a busy machine packets get lost
 * as in any call, and what refers to them: a quarter of the frames have to
 * come. All that come have to be right. */
const checks = {
    received({ report, sealed, opened, status, error }) {
        const frames = sealed.length, came = report.in.length;
        const enough = frames / 4;
        if (status || frames < FRAMES * 0.9)
            return `ffmpeg sent ${frames} frames, status ${status}: ${error}`;
        if (came < enough || matches(report.in, sealed) !== came)
            return `${came} of ${frames} frames reached the worker, ` +
                `${matches(report.in, sealed)} of them equal`;
        if (matches(report.out, opened) !== came)
            return `the worker opened ${matches(report.out, opened)} of ` +
                `${came}: ${report.errors[0]}`;
        if (report.decoded < enough)
            return `the browser decoded ${report.decoded} of ${came}`;
        return '';
    },
    sent({ report, sealed, opened, status, error }) {
        const frames = report.out.length;
        const same = matches(sealed, report.out);
        if (status || frames < FRAMES)
            return `the browser sealed ${frames} frames, ffmpeg's status ` +
                `${status}: ${error}`;
        if (same < frames / 4)
            return `${same} of ${frames} sealed frames came to ffmpeg, ` +
                `${sealed.length - same} others`;
        if (opened.length !== same || matches(opened, report.in) !== same)
            return `ffmpeg opened ${opened.length} frames, ` +
                `${matches(opened, report.in)} of ${same} as they were`;
        return '';
    },
    refused(cause) {
        return ({ report, sealed }) => {
            if (!report.in.length || sealed.length < FRAMES * 0.9)
                return `${report.in.length} frames came`;
            if (report.out.length)
                return `${report.out.length} frames opened`;
            return report.errors.some((text) => text.includes(cause)) ? ''
                : `the worker says ${report.errors[0]}, not ${cause}`;
        };
    },
};

const cases = [
    ['ffmpeg seals VP8, the browser opens and decodes it',
        (page) => toBrowser(page, 'vp8'), checks.received],
    ['ffmpeg seals H.264, the browser opens and decodes it',
        (page) => toBrowser(page, 'h264'), checks.received],
    ['ffmpeg seals Opus, the browser opens and decodes it',
        (page) => toBrowser(page, 'opus'), checks.received],
    ['the browser seals VP8, ffmpeg opens it',
        (page) => fromBrowser(page, 'vp8'), checks.sent],
    ['the browser seals H.264, ffmpeg opens it',
        (page) => fromBrowser(page, 'h264'), checks.sent],
    ['the browser seals Opus, ffmpeg opens it',
        (page) => fromBrowser(page, 'opus'), checks.sent],
    ['the browser has another key',
        (page) => toBrowser(page, 'vp8', { key: 'another' }),
        checks.refused('InvalidKey')],
    ['the browser has no key at that index',
        (page) => toBrowser(page, 'h264', { index: 5 }),
        checks.refused('MissingKey')],
    ...FFMPEG_WHIP ? [['ffmpeg publishes H.264 by WHIP, the browser opens it',
        byWhip, checks.received]] : [],
];

/* The page, its worker and LiveKit's, from one origin. */
function serve() {
    const files = {
        '/': ['text/html', join(top_srcdir, 'tests/peers/live_page.html')],
        '/live_worker.js': ['text/javascript',
            join(top_srcdir, 'tests/peers/live_worker.js')],
        '/livekit-worker.mjs': ['text/javascript', join(E2EE_PEERS,
            'node_modules/livekit-client/dist/livekit-client.e2ee.worker.mjs')],
    };
    const server = createServer(async (request, response) => {
        const [type, file] = files[request.url] ?? [];
        const publish = whip.get(request.url);

        if (publish && request.method === 'POST') {
            let offer = '';
            for await (const part of request)
                offer += part;
            const answer = await publish(offer);
            /* ffmpeg takes an answer in chunks for an error. */
            response.writeHead(201, { 'Content-Type': 'application/sdp',
                'Content-Length': Buffer.byteLength(answer),
                Location: request.url });
            response.end(answer);
            return;
        }
        response.writeHead(file ? 200 : 404, { 'Content-Type': type ?? '' });
        response.end(file && readFileSync(file));
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1',
        () => resolve(server)));
}

async function check(browser, origin, number, [what, act, verdict]) {
    const context = await browser.newContext({
        permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    let wrong;

    page.number = number;
    try {
        await page.goto(origin);
        wrong = verdict(await act(page));
    } catch (error) {
        wrong = error.message;
    }
    await context.close();
    return `${wrong ? 'not ok' : 'ok'} ${number} ${what}` +
        (wrong ? `\n# ${wrong.replaceAll('\n', '\n# ')}` : '');
}

const server = await serve();
const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
        '--allow-loopback-in-peer-connection',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
    ] });
const origin = `http://127.0.0.1:${server.address().port}/`;

console.log(`1..${cases.length}`);
for (let i = 0; i < cases.length; i += 2) {
    const lines = await Promise.all(cases.slice(i, i + 2).map((row, n) =>
        check(browser, origin, i + n + 1, row)));
    console.log(lines.join('\n'));
}
await browser.close();
server.close();
rmSync(directory, { recursive: true });
process.exit(0);
