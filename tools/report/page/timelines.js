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

/* A timeline a row: bands for what became of the frames, marks above them. */

const BAND_TOP = 17;
const BAND_HEIGHT = 20;
const MARK_Y = 7;

const MARKS = {
    key:     { letter: "K", words: e => `${e.participant}: ` +
               (e.key_index == null ? "keys change" : `key ${e.key_index}`) },
    ratchet: { letter: "R", words: e => `${e.participant} ratchets` },
    enabled: { letter: "E", words: e => `${e.participant}: E2EE ` +
               (e.enabled ? "on" : "off") },
    layer:   { letter: "L", words: e => `switched to layer ${e.layer}` },
    pli:     { letter: "P", words: () => "a key frame is asked for" },
    mute:    { letter: "M", words: () => "muted" },
    unmute:  { letter: "U", words: () => "unmuted" },
    server:  { letter: "S", words: e => `the server: ${e.reason || ""}` },
    gap:     { letter: "G", words: e => plural(e.packets, "packet") +
               " missing" },
};
const MARK_NAMES = {
    key: "key changes", ratchet: "ratchet", enabled: "E2EE on or off",
    layer: "layer switch", pli: "key frame asked for (PLI)", mute: "muted",
    unmute: "unmuted", server: "done by the server", gap: "gap",
};

/* E2EE is on from the start unless something else is said. */
const isMark = event => MARKS[event.event] &&
    !(event.event === "enabled" && event.enabled && event.time === 0);
const markWords = event => MARKS[event.event].words(event) +
    (event.reason && event.event !== "server" ? ` (${event.reason})` : "");

/* Runs of pixels that look the same; of a pixel's frames the worst counts. */
function bandRuns(row, width)
{
    const looks = new Array(width).fill(null);
    const pixel = time => Math.min(width - 1, Math.max(0,
        Math.floor(time / duration * width)));
    const put = (from, to, look, over) => {
        for (let x = pixel(from); x <= pixel(Math.max(from, to - 1e-6)); x++)
            if (over || !looks[x] || LOOKS[looks[x]].rank < LOOKS[look].rank)
                looks[x] = look;
    };
    const runs = [];

    if (report.kept !== "all")
        for (const span of stateSpans(row))
            put(span.from, span.to, span.look, true);
    row.frames.forEach((line, i) => {
        const from = captured(line);
        const next = row.frames[i + 1] ? captured(row.frames[i + 1])
                                       : from + row.step;

        put(from, Math.min(next, from + row.step), lookOf(line));
    });
    looks.forEach((look, x) => {
        if (runs.at(-1)?.look === look)
            runs.at(-1).width++;
        else
            runs.push({ look, x, width: 1 });
    });
    return runs.filter(run => run.look && run.look !== "absent");
}

/* Frames stay until the next one, as a rule; longer is a gap. */
for (const row of rows) {
    const steps = row.frames.slice(1, 200).map(
        (line, i) => captured(line) - captured(row.frames[i])).sort(
        (a, b) => a - b);

    row.step = 1.5 * (steps[steps.length >> 1] || 0.05);
}

/* Marks that would cover each other become one with their number. */
function markGroups(row, width)
{
    const groups = [];

    for (const event of row.events.filter(isMark)) {
        const x = event.time / duration * width;

        if (groups.length && x - groups.at(-1).x < 13)
            groups.at(-1).events.push(event);
        else
            groups.push({ x, events: [event] });
    }
    return groups;
}

function drawMark(group, width)
{
    const all = group.events;
    const letters = new Set(all.map(event => MARKS[event.event].letter));
    const x = Math.min(Math.max(group.x, 7), width - 7);

    return svg("g", { class: "mark" },
        svg("title", {}, all.slice(0, 12).map(
            e => showTime(e.time) + " " + markWords(e)).join("\n")),
        svg("line", { x1: group.x, x2: group.x, y1: MARK_Y + 6,
                      y2: BAND_TOP + BAND_HEIGHT, class: "grid" }),
        svg("circle", { cx: x, cy: MARK_Y, r: 6.5 }),
        svg("text", { x, y: MARK_Y + 3.2, "text-anchor": "middle" },
            letters.size === 1 ? [...letters][0] : String(all.length)));
}

function drawFreezes(row, width)
{
    return row.events.filter(event => event.event === "freeze").map(event => {
        const to = event.time / duration * width;
        const from = (event.time - event.duration) / duration * width;
        const y = BAND_TOP + BAND_HEIGHT + 3;

        return svg("line", { class: "freeze", x1: Math.max(from, 0), x2: to,
                             y1: y, y2: y },
            svg("title", {}, `frozen for ${showTime(event.duration)}`));
    });
}

function drawTimeline(row, box)
{
    const width = Math.max(1, Math.round(box.clientWidth));

    if (row.drawn === width)
        return;
    row.drawn = width;
    row.cursor = svg("line", { class: "cursor", y1: 0, y2: 42 });
    box.replaceChildren(svg("svg", { "aria-hidden": "true" },
        svg("rect", { class: "band", y: BAND_TOP, width, height: BAND_HEIGHT,
                      rx: 3 }),
        ...bandRuns(row, width).map(run => svg("rect", {
            class: run.look, x: run.x,
            width: run.look === "lost" || run.look === "late"
                ? Math.max(run.width, 2) : run.width,
            ...heightOf(run.look, BAND_TOP, BAND_HEIGHT) })),
        ...drawFreezes(row, width),
        ...markGroups(row, width).map(group => drawMark(group, width)),
        row.cursor));
    placeCursor(row, box);
}

/* What is to be said of that moment, for the tip and for who listens. */
function momentWords(row, time)
{
    const line = row.frames[frameAt(row, time)];
    const span = stateSpans(row).findLast(s => s.from <= time);

    if (report.kept === "all" && line && captured(line) <= time + row.step &&
        time < captured(line) + row.step)
        return `${showTime(time)}: frame ${line[FRAME.frame]}, ` +
               LOOKS[lookOf(line)].words + causeWords(line);
    if (line && Math.abs(captured(line) - time) < row.step)
        return `${showTime(time)}: frame ${line[FRAME.frame]}, ` +
               LOOKS[lookOf(line)].words + causeWords(line);
    return `${showTime(time)}: ${span ? span.state : "nothing"}`;
}

function causeWords(line)
{
    const fate = FATES[line[FRAME.fate]];
    const words = [];

    if (fate === "refused")
        words.push(STATES[line[FRAME.state]]);
    if (line[FRAME.why])
        words.push(line[FRAME.why]);
    if (line[FRAME.reason])
        words.push(line[FRAME.reason]);
    if (fate === "lost_uplink")
        words.push("on the uplink");
    if (fate === "lost_downlink")
        words.push("on the downlink");
    return words.length ? ` (${words.join(", ")})` : "";
}

function placeCursor(row, box)
{
    const x = row.time / duration * (row.drawn || 0);

    row.cursor?.setAttribute("x1", x);
    row.cursor?.setAttribute("x2", x);
    box.setAttribute("aria-valuenow", row.time.toFixed(3));
    box.setAttribute("aria-valuetext", momentWords(row, row.time));
}

function moveTo(row, box, time)
{
    row.time = Math.min(Math.max(time, 0), duration);
    placeCursor(row, box);
}

function moveToProblem(row, box, step)
{
    const from = frameAt(row, row.time);
    const i = findProblem(row, from, step);

    if (i >= 0)
        moveTo(row, box, captured(row.frames[i]));
}

const KEYS = {
    ArrowLeft:  (row, box) => moveTo(row, box, row.time - duration / 100),
    ArrowRight: (row, box) => moveTo(row, box, row.time + duration / 100),
    ArrowDown:  (row, box) => moveTo(row, box, row.time - duration / 100),
    ArrowUp:    (row, box) => moveTo(row, box, row.time + duration / 100),
    Home:       (row, box) => moveTo(row, box, 0),
    End:        (row, box) => moveTo(row, box, duration),
    PageUp:     (row, box) => moveToProblem(row, box, -1),
    PageDown:   (row, box) => moveToProblem(row, box, 1),
    Enter:      (row, box) => openMoment(row, row.time, box),
    " ":        (row, box) => openMoment(row, row.time, box),
};

function showTip(box, text)
{
    const tip = byId("tip");
    const place = box.getBoundingClientRect();

    tip.hidden = !text;
    if (!text)
        return;
    tip.textContent = text;
    const x = Math.min(box.tipX, innerWidth - tip.offsetWidth - 8);

    tip.style.left = Math.max(8, x) + "px";
    tip.style.top = Math.max(0, place.top - tip.offsetHeight - 2) + "px";
}

function makeTimeline(row)
{
    const box = html("div", {
        class: "timeline", role: "slider", tabindex: 0,
        "aria-label": `${row.name}, ${plural(row.opened, "frame")} of ` +
                      `${showNumber(row.sent)} opened`,
        "aria-valuemin": 0, "aria-valuemax": duration.toFixed(3),
        "aria-haspopup": "dialog",
    });
    const timeOf = event => Math.min(Math.max((event.clientX -
        box.getBoundingClientRect().left) / box.clientWidth, 0), 1) * duration;

    row.time = 0;
    placeCursor(row, box);
    box.addEventListener("keydown", event => {
        if (!KEYS[event.key] || event.ctrlKey || event.altKey ||
            event.metaKey)
            return;
        event.preventDefault();
        KEYS[event.key](row, box);
    });
    box.addEventListener("click", event => {
        moveTo(row, box, timeOf(event));
        openMoment(row, row.time, box);
    });
    box.addEventListener("pointermove", event => {
        if (event.pointerType === "touch")
            return;
        moveTo(row, box, timeOf(event));
        box.tipX = event.clientX + 12;
        showTip(box, momentWords(row, row.time));
    });
    box.addEventListener("pointerleave", () => showTip(box, ""));
    return box;
}

/* Steps of 1, 2 or 5 that leave room for their labels. */
function niceStep(most)
{
    const power = 10 ** Math.floor(Math.log10(most));

    return power * ([1, 2, 5].find(n => n * power >= most) || 10);
}

function drawAxis(box)
{
    const width = Math.max(1, Math.round(box.clientWidth));
    const step = niceStep(duration / Math.max(2, Math.floor(width / 80)));
    const parts = [];

    for (let n = 0; n * step <= duration * 1.0001; n++) {
        const x = n * step / duration * width;
        const label = Number((n * step).toPrecision(6)) + " s";

        parts.push(svg("line", { class: "grid", x1: x, x2: x, y1: 0, y2: 5 }),
            svg("text", { x, y: 17, "text-anchor": n === 0 ? "start"
                : x > width - 20 ? "end" : "middle" }, label));
    }
    box.replaceChildren(svg("svg", { "aria-hidden": "true" }, ...parts));
}

/* Drawn once they come into sight, and anew when their width changes. */
const inSight = new IntersectionObserver(entries => {
    for (const entry of entries)
        if (entry.isIntersecting)
            entry.target.draw();
}, { rootMargin: "200px" });
const resized = new ResizeObserver(entries => {
    for (const entry of entries)
        if (entry.target.draw && entry.target.offsetParent)
            entry.target.draw();
});

function watch(box, draw)
{
    box.draw = draw;
    inSight.observe(box);
    resized.observe(box);
}

function trackRow(row)
{
    const box = makeTimeline(row);

    row.drawn = 0;
    watch(box, () => drawTimeline(row, box));
    return html("div", { class: "track" },
        html("div", { class: "name" }, `${row.sender} `,
            html("span", { class: "faint" }, `${row.kind}, ${row.codec}`)),
        box,
        html("div", { class: "count" },
            `${showNumber(row.opened)} of ${showNumber(row.sent)}`,
            html("br"), "opened"));
}

function axisRow()
{
    const box = html("div", { class: "axis" });

    watch(box, () => drawAxis(box));
    return html("div", { class: "track axis-row", "aria-hidden": "true" },
        html("div", { class: "name" }), box, html("div", { class: "count" }));
}

function showTracks(chosen)
{
    const parts = [];
    let receiver;

    inSight.disconnect();
    resized.disconnect();
    for (const row of chosen) {
        if (row.receiver !== receiver || !parts.length) {
            if (parts.length)
                parts.push(axisRow());
            receiver = row.receiver;
            if (receiver)
                parts.push(html("h3", {}, receiver));
        }
        parts.push(trackRow(row));
    }
    if (parts.length)
        parts.push(axisRow());
    byId("tracks").replaceChildren(...parts);
}

function showLegend()
{
    const seen = new Set(report.kept === "all" ? [] : ["opened", "refused"]);
    const marks = new Set();

    for (const line of report.frames)
        seen.add(lookOf(line));
    for (const event of report.events)
        if (isMark(event))
            marks.add(event.event);
    seen.delete("absent");
    byId("legend").append(
        ...Object.keys(LOOKS).filter(look => seen.has(look)).map(look =>
            html("li", {}, swatch(look), LOOKS[look].words)),
        ...Object.keys(MARKS).filter(mark => marks.has(mark)).map(mark =>
            html("li", {}, svg("svg", { class: "swatch mark", width: 14,
                                        height: 14, "aria-hidden": "true" },
                svg("circle", { cx: 7, cy: 7, r: 6.5 }),
                svg("text", { x: 7, y: 10.2, "text-anchor": "middle" },
                    MARKS[mark].letter)), MARK_NAMES[mark])));
    if (report.events.some(event => event.event === "freeze"))
        byId("legend").append(html("li", {},
            svg("svg", { class: "swatch", width: 14, height: 14,
                         "aria-hidden": "true" },
                svg("line", { class: "freeze", x1: 0, x2: 14, y1: 7,
                              y2: 7 })), "frozen"));
}
