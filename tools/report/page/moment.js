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

/* The frames of a moment, and the life of each. */

const NEAR = 12; /* frames before and after the one in question */

const moment = { row: null, at: 0, from: null };

/* What happened to a frame, with times, like `e2ee-meeting why` has it. */
function lifeSteps(row, line)
{
    const sent = sentOf(row, line);
    const steps = [];
    const add = (time, text) => time != null && steps.push({ time, text });
    const key = line[FRAME.key_index] ?? sent?.[SENT.key_index];
    const withKey = key == null ? "" : ` with key ${key}`;
    const fate = FATES[line[FRAME.fate]];

    add(captured(line), "captured" +
        (sent?.[SENT.key_frame] ? ", a key frame" : "") +
        (line[FRAME.layer] ? `, layer ${line[FRAME.layer]}` : ""));
    if (sent)
        addSent(add, line, sent);
    add(later(line, FRAME.server_first), "its first packet reached the server");
    add(later(line, FRAME.server_last), "its last one did");
    add(later(line, FRAME.arrived_first), "its first packet reached " +
        (row.receiver || "the receiver"));
    add(later(line, FRAME.arrived_last), "its last one that came did");
    for (const [time, packet, hop, what] of line[FRAME.mishaps] || [])
        add(seconds(line[FRAME.captured] + time), `packet ${packet + 1}: ` +
            what + (HOPS[hop] === "none" ? "" : ` on the ${HOPS[hop]}`));
    add(later(line, FRAME.gave_up), "the jitter buffer gave up waiting");
    add(later(line, FRAME.opened), fate === "refused"
        ? `not opened${withKey}: ${STATES[line[FRAME.state]]}` +
          (line[FRAME.reason] ? `, ${line[FRAME.reason]}` : "")
        : `opened${withKey}: DecryptionSuccess`);
    steps.sort((a, b) => a.time - b.time);
    steps.push({ text: LOOKS[lookOf(line)].words + causeWords(line) });
    return steps;
}

function addSent(add, line, sent)
{
    const time = captured(line);
    const first = sent[SENT.sequence];
    const nb = sent[SENT.packets];
    const state = STATES[sent[SENT.state]];

    if (state === "EncryptionSuccess")
        add(time, `sealed with key ${sent[SENT.key_index]}: ` +
            `${showNumber(sent[SENT.plain_size])} bytes became ` +
            showNumber(sent[SENT.sealed_size]));
    else if (state !== "None")
        add(time, `not sealed: ${state}`);
    if (nb && sent[SENT.sent] != null)
        add(seconds(line[FRAME.captured] + sent[SENT.sent]), nb === 1
            ? `sent in 1 packet, sequence number ${first}`
            : `sent in ${nb} packets, sequence numbers ${first} to ` +
              ((first + nb - 1) & 0xffff));
}

/* As a shell wants it. */
const quoted = word => /^[\w/.,:@%+-]+$/.test(word)
    ? word : `'${word.replaceAll("'", "'\\''")}'`;

function lifeCell(row, line)
{
    const words = [`${row.sender}/${row.kind}`, `#${line[FRAME.frame]}`,
                   ...(row.receiver ? [row.receiver] : [])];
    const command = ["e2ee-meeting why REPORT", ...words.map(quoted)].join(" ");

    return html("td", { class: "life", colspan: 6 },
        html("ol", {}, ...lifeSteps(row, line).map(step =>
            html("li", {}, html("time", {}, step.time == null
                ? "→" : showTime(step.time)), html("span", {}, step.text)))),
        html("p", { class: "faint" }, "In words: ", html("code", {}, command)));
}

function frameRows(row, line, open)
{
    const sent = sentOf(row, line);
    const end = later(line, FRAME.opened);
    const number = line[FRAME.frame];
    const life = html("tr", { hidden: !open }, lifeCell(row, line));
    const button = html("button", { type: "button", class: "open-frame",
                                    "aria-expanded": String(open) },
                        String(number));

    button.addEventListener("click", () => {
        life.hidden = !life.hidden;
        button.setAttribute("aria-expanded", String(!life.hidden));
    });
    return [
        html("tr", open ? { "aria-current": "true" } : {},
            html("th", { scope: "row" }, button),
            html("td", {}, showTime(captured(line))),
            html("td", { class: "words wrap" }, swatch(lookOf(line)),
                LOOKS[lookOf(line)].words + causeWords(line)),
            html("td", { class: "roomy" },
                sent ? showNumber(sent[SENT.sealed_size]) : "–"),
            html("td", { class: "roomy" }, sent?.[SENT.packets] ?? "–"),
            html("td", { class: "roomy" }, end == null ? "–"
                : Math.round(1000 * (end - captured(line))) + " ms")),
        life,
    ];
}

function drawMoment()
{
    const { row, at } = moment;
    const line = row.frames[at];
    const near = row.frames.slice(Math.max(0, at - NEAR), at + NEAR + 1);
    const heads = [["Frame", ""], ["Captured", ""],
                   ["What became of it", "words"], ["Bytes", "roomy"],
                   ["Packets", "roomy"], ["Delay", "roomy"]];

    byId("moment-title").textContent = line
        ? `${row.name}, ${showTime(captured(line))}` : row.name;
    byId("problem-before").disabled = findProblem(row, at, -1) < 0;
    byId("problem-after").disabled = findProblem(row, at, 1) < 0;
    byId("earlier").disabled = at <= 0;
    byId("later").disabled = at >= row.frames.length - 1;
    if (!line) {
        byId("frames").replaceChildren(html("p", {}, report.kept === "none"
            ? "The report was written without frames (--frames none)."
            : "No frame of this track was kept."));
        return;
    }
    byId("frames").replaceChildren(html("table", {},
        html("thead", {}, html("tr", {}, ...heads.map(([text, kind]) =>
            html("th", { scope: "col", class: kind }, text)))),
        html("tbody", {}, ...near.flatMap(
            other => frameRows(row, other, other === line)))));
    byId("frames").querySelector("[aria-current]")
        .scrollIntoView({ block: "center" });
}

function step(by)
{
    moment.at = Math.min(Math.max(moment.at + by, 0),
                         moment.row.frames.length - 1);
    drawMoment();
}

function jump(direction)
{
    const i = findProblem(moment.row, moment.at, direction);

    if (i >= 0) {
        moment.at = i;
        drawMoment();
    }
}

function openMoment(row, time, from)
{
    moment.row = row;
    moment.at = frameAt(row, time + 1e-9);
    moment.from = from;
    showTip(from, "");
    byId("moment").showModal();
    drawMoment();
    byId("moment-title").focus();
}

byId("problem-before").addEventListener("click", () => jump(-1));
byId("problem-after").addEventListener("click", () => jump(1));
byId("earlier").addEventListener("click", () => step(-2 * NEAR));
byId("later").addEventListener("click", () => step(2 * NEAR));
byId("close").addEventListener("click", () => byId("moment").close());
byId("moment").addEventListener("click", event => {
    if (event.target === byId("moment"))
        byId("moment").close();
});
byId("moment").addEventListener("close", () => {
    const line = moment.row.frames[moment.at];

    if (line)
        moveTo(moment.row, moment.from, captured(line));
    moment.from.focus();
});
