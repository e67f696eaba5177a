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

/* The report as it is embedded, and what is asked of it. Times in lists of
 * frames are microseconds, elsewhere seconds; here they become seconds. */

const report = JSON.parse(document.getElementById("data").textContent);

const places = names => Object.fromEntries(names.map((n, i) => [n, i]));
const SENT = places(report.legend.sent);
const FRAME = places(report.legend.frames);
const FATES = report.legend.fate;
const SHOWN = report.legend.shown;
const STATES = report.legend.state;
const HOPS = report.legend.hop;
const duration = Math.max(report.duration || 0, 0.001);

/* How a frame looks; the worst of a moment is what a timeline shows. */
const LOOKS = {
    absent:    { rank: 0, words: "not there" },
    shown:     { rank: 1, words: "seen as it was sent" },
    opened:    { rank: 2, words: "opened" },
    different: { rank: 3, words: "seen, not as it was sent" },
    withheld:  { rank: 4, words: "not forwarded by the server" },
    waiting:   { rank: 5, words: "opened, waited for a key frame" },
    decoder:   { rank: 6, words: "opened, refused by the decoder" },
    unsealed:  { rank: 7, words: "not sealed by the sender" },
    refused:   { rank: 8, words: "not opened" },
    late:      { rank: 9, words: "came too late" },
    lost:      { rank: 10, words: "lost" },
};

const FATE_LOOKS = {
    unsealed: "unsealed", withheld: "withheld", lost_uplink: "lost",
    lost_downlink: "lost", late: "late", refused: "refused", absent: "absent",
};
const SHOWN_LOOKS = {
    not: "opened", waiting: "waiting", failed: "decoder",
    different: "different", identical: "shown",
};

const lookOf = line => FATE_LOOKS[FATES[line[FRAME.fate]]] ||
                       SHOWN_LOOKS[SHOWN[line[FRAME.shown]]];
const isProblem = line => LOOKS[lookOf(line)].rank > LOOKS.opened.rank;

const seconds = time => time / 1e6;
const captured = line => seconds(line[FRAME.captured]);
const later = (line, place) => line[place] == null
    ? null : seconds(line[FRAME.captured] + line[place]);

const showTime = time => time.toFixed(3) + " s";
const showNumber = n => (n ?? 0).toLocaleString("en-US");
const showShare = (part, all) => all
    ? (100 * part / all).toFixed(part && part < all ? 1 : 0) + " %" : "–";
const plural = (n, word) => showNumber(n) + " " + word + (n === 1 ? "" : "s");

/* Rows of the report with their frames in the order of time. */
const rows = report.received.map(row => ({
    ...row,
    name: (row.receiver ? row.receiver + " ← " : "") + row.sender + " " +
          row.kind,
    frames: [],
}));
const rowOf = new Map(rows.map(row => [row.id, row]));

for (const line of report.frames)
    rowOf.get(line[FRAME.row])?.frames.push(line);
for (const row of rows) {
    row.frames.sort((a, b) => a[FRAME.captured] - b[FRAME.captured]);
    row.opened = row.fates.opened;
    row.missed = row.causes.reduce((sum, cause) => sum + cause.frames, 0);
}

/* What was sent: by track, layer and number. */
const trackOf = new Map(report.tracks.map(
    track => [track.sender + "\n" + track.kind, track]));
const sentLines = new Map();

for (const line of report.sent)
    sentLines.set(line[SENT.track] + "/" + line[SENT.layer] + "/" +
                  line[SENT.frame], line);

const track = row => trackOf.get(row.sender + "\n" + row.kind);
const sentOf = (row, line) => sentLines.get(
    track(row)?.id + "/" + line[FRAME.layer] + "/" + line[FRAME.frame]);

/* The last frame that was captured at that time or before, or the first. */
function frameAt(row, time)
{
    let low = 0, high = row.frames.length;

    while (low < high) {
        const middle = (low + high) >> 1;

        if (captured(row.frames[middle]) <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return Math.max(low - 1, 0);
}

/* The next one from there that starts a problem, -1 if there is none. */
function findProblem(row, from, step)
{
    for (let i = from + step; i >= 0 && i < row.frames.length; i += step)
        if (isProblem(row.frames[i]) &&
            (i === 0 || lookOf(row.frames[i - 1]) !== lookOf(row.frames[i])))
            return i;
    return -1;
}

const STATE_LOOKS = {
    EncryptionSuccess: "opened", DecryptionSuccess: "opened",
};

/* From one change of state to the next. */
function stateSpans(row)
{
    const spans = [];

    for (const event of row.events) {
        if (event.event !== "state" ||
            (event.receiver ?? null) !== row.receiver)
            continue;
        if (spans.length)
            spans.at(-1).to = event.time;
        spans.push({ from: event.time, to: duration, state: event.state,
                     look: STATE_LOOKS[event.state] || "refused" });
    }
    return spans;
}

/* Whether an event is about the row: its track, its sender's keys, its own
 * receiver's. */
function concerns(event, row)
{
    if (event.event === "key" || event.event === "ratchet" ||
        event.event === "enabled")
        return event.participant === row.sender ||
               event.participant === row.receiver;
    return event.participant === row.sender &&
           (!event.receiver || event.receiver === row.receiver) &&
           (!event.kind || event.kind === row.kind);
}

for (const row of rows)
    row.events = [];
{
    const bySender = new Map();
    const byReceiver = new Map();
    const put = (map, key, row) => map.has(key) ? map.get(key).push(row)
                                                : map.set(key, [row]);

    for (const row of rows) {
        put(bySender, row.sender, row);
        put(byReceiver, row.receiver, row);
    }
    for (const event of report.events) {
        const near = new Set(bySender.get(event.participant));

        for (const row of byReceiver.get(event.participant) || [])
            near.add(row);
        for (const row of near)
            if (concerns(event, row))
                row.events.push(event);
    }
}

/* --- elements --- */

function fill(element, attributes, children)
{
    for (const [name, value] of Object.entries(attributes))
        if (value === true)
            element.setAttribute(name, "");
        else if (value != null && value !== false)
            element.setAttribute(name, value);
    element.append(...children.filter(child => child != null));
    return element;
}

const html = (name, attributes = {}, ...children) =>
    fill(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name),
         attributes, children);
const byId = id => document.getElementById(id);

const swatch = look => svg("svg", { class: "swatch", width: 14, height: 14,
                                    "aria-hidden": "true" },
    svg("rect", { class: "band", width: 14, height: 14 }),
    svg("rect", { class: look, ...heightOf(look, 0, 14), width: 14 }));

/* What was seen fills the band, what was opened alone its lower part: heights
 * tell apart what colours might not. */
function heightOf(look, top, height)
{
    const share = { opened: .7, withheld: .5, waiting: .7 }[look] || 1;

    return { y: top + height * (1 - share), height: height * share };
}
