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

/* The rest of the page: what it is about, totals, causes, events, filters. */

const MANY_ROWS = 60;
const MANY_EVENTS = 200;

const sumOf = (list, value) => list.reduce((sum, x) => sum + value(x), 0);

function showHead()
{
    const title = report.scenario || report.file || "e2ee-meeting report";
    const held = report.expectations.filter(e => e.held).length;
    const all = report.expectations.length;
    const verdict = byId("verdict");

    document.title = title + " – e2ee-meeting";
    byId("title").textContent = title;
    byId("about").textContent = [
        report.command === "open" ? "an opened recording" : "a meeting",
        `${duration.toFixed(1)} s`,
        report.scheme && `scheme ${report.scheme}`,
        report.command === "run" && `seed ${report.seed}`,
        plural(new Set(rows.map(row => row.sender)).size, "sender"),
        plural(report.tracks.length, "track"),
    ].filter(Boolean).join(" · ");
    verdict.hidden = false;
    verdict.classList.add(report.held ? "held" : "failed");
    verdict.textContent = (report.held ? "✓ " : "✗ ") + (all
        ? `${held} of ${plural(all, "expectation")} held`
        : report.held ? "everything opened" : "not everything opened");
    byId("made").textContent = "Written by " + Object.entries(report.versions)
        .map(([name, version]) => `${name} ${version}`).join(", ") +
        ". This page is one file, loads nothing and holds no key.";
}

function showExpectations()
{
    const list = report.expectations.slice().sort((a, b) => a.held - b.held);

    byId("expectations").hidden = !list.length;
    byId("expectations").querySelector("ul").append(...list.map(e =>
        html("li", {},
            html("strong", { class: e.held ? "held" : "failed" },
                e.held ? "✓ held: " : "✗ failed: "),
            e.expected, html("span", { class: "faint" }, ` – ${e.seen}` +
                (e.line ? ` (line ${e.line})` : "")))));
}

function showCards(chosen)
{
    const sent = sumOf(chosen, row => row.sent);
    const opened = sumOf(chosen, row => row.opened);
    const lost = sumOf(chosen, row => row.fates.lost_uplink +
                                      row.fates.lost_downlink +
                                      row.fates.late);
    const refused = sumOf(chosen, row => row.fates.refused);
    const seen = sumOf(chosen, row => row.shown.identical +
                                      row.shown.different);
    const plain = sumOf(report.tracks, t => t.plain_bytes);
    const over = sumOf(report.tracks, t => t.overhead_bytes);
    const freeze = Math.max(0, ...chosen.map(row => row.max_freeze || 0));
    const card = (id, name, value, more) => html("div", { class: "card" },
        html("dt", {}, name), html("dd", { id }, value,
            more ? html("small", {}, more) : null));

    byId("cards").replaceChildren(
        card("total-sent", "frames sent", showNumber(sent), "to each receiver"),
        card("total-opened", "opened", showNumber(opened),
             showShare(opened, sent)),
        card("total-shown", "decoded", showNumber(seen),
             showShare(seen, sent)),
        card("total-lost", "lost or late", showNumber(lost),
             showShare(lost, sent)),
        card("total-refused", "not opened", showNumber(refused),
             showShare(refused, sent)),
        card("total-freeze", "longest freeze", freeze ? showTime(freeze)
                                                      : "–"),
        card("total-overhead", "overhead", plain ? showShare(over, plain)
                                                 : "–",
             `${showNumber(over)} bytes, all tracks`));
}

const CAUSE_WORDS = {
    unsealed: "not sealed", withheld: "not forwarded",
    lost_uplink: "lost on the uplink", lost_downlink: "lost on the downlink",
    late: "too late", refused: "not opened", opened: "not shown",
    absent: "not there",
};

function showCauses(chosen)
{
    const causes = new Map();

    for (const row of chosen)
        for (const cause of row.causes) {
            const name = CAUSE_WORDS[cause.fate] +
                (cause.fate === cause.cause ? "" : `: ${cause.cause}`);

            causes.set(name, (causes.get(name) || 0) + cause.frames);
        }
    const list = [...causes].sort((a, b) => b[1] - a[1]);
    const most = list.length ? list[0][1] : 1;

    byId("causes").replaceChildren(list.length ? html("table", {},
        html("thead", {}, html("tr", {},
            html("th", { scope: "col", class: "words" }, "Cause"),
            html("th", { scope: "col" }, "Frames"),
            html("th", { scope: "col" }, html("span", {}, "")))),
        html("tbody", {}, ...list.map(([name, nb]) => html("tr", {},
            html("th", { scope: "row", class: "words wrap" }, name),
            html("td", {}, showNumber(nb)),
            html("td", { class: "bar", "aria-hidden": "true" },
                html("div", { style: `width: ${100 * nb / most}%` }))))))
        : html("p", {}, "None: every frame was seen."));
}

function showTotals(chosen)
{
    const columns = [
        ["sent", row => row.sent],
        ["lost up", row => row.fates.lost_uplink],
        ["lost down", row => row.fates.lost_downlink],
        ["late", row => row.fates.late],
        ["withheld", row => row.fates.withheld],
        ["not opened", row => row.fates.refused],
        ["opened", row => row.fates.opened],
        ["decoded", row => row.shown.identical + row.shown.different],
        ["identical", row => row.shown.identical],
        ["resent", row => row.resent],
        ["packets", row => row.packets],
    ];

    byId("totals").replaceChildren(html("table", {},
        html("thead", {}, html("tr", {},
            html("th", { scope: "col", class: "words" }, "Receiver ← track"),
            html("th", { scope: "col", class: "words" }, "Codec"),
            ...columns.map(([name]) => html("th", { scope: "col" }, name)))),
        html("tbody", {}, ...chosen.map(row => html("tr", {},
            html("th", { scope: "row", class: "words" }, row.name),
            html("td", { class: "words" }, row.codec),
            ...columns.map(([, value]) =>
                html("td", {}, showNumber(value(row)))))))));
}

function eventWords(event)
{
    const reason = event.reason ? ` (${event.reason})` : "";

    const plain = { join: "joins", leave: "leaves", publish: "published",
                    unpublish: "unpublished" };

    switch (event.event) {
    case "state":
        return event.state + reason +
               (event.key_index == null ? "" : `, key ${event.key_index}`);
    case "loss":
        return `frame ${event.frame} lost` +
               (event.hop ? ` on the ${event.hop}` : "") + reason;
    case "freeze":
        return `frozen for ${showTime(event.duration)}`;
    case "key_frame":
        return `key frame ${event.frame}`;
    default:
        return MARKS[event.event] ? markWords(event)
                                  : plain[event.event] || event.event;
    }
}

function showEvents(chosen, nb = MANY_EVENTS)
{
    const wanted = new Set(chosen.flatMap(row => row.events));
    const list = report.events.filter(event =>
        wanted.has(event) || (chosen.length === rows.length));
    const more = html("button", { type: "button" },
        `Show all ${plural(list.length, "event")}`);

    more.addEventListener("click", () => showEvents(chosen, Infinity));
    byId("events").replaceChildren(html("table", {},
        html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Time"),
            ...["Who", "Kind", "What"].map(name =>
                html("th", { scope: "col", class: "words" }, name)))),
        html("tbody", {}, ...list.slice(0, nb).map(event => html("tr", {},
            html("td", {}, event.time.toFixed(3)),
            html("td", { class: "words" }, event.receiver
                ? `${event.receiver} ← ${event.participant}`
                : event.participant || ""),
            html("td", { class: "words" }, event.kind || ""),
            html("td", { class: "words wrap" }, eventWords(event)))))));
    if (list.length > nb)
        byId("events").append(html("p", {}, more));
}

/* --- what is chosen --- */

const FILTERS = ["receiver", "sender", "kind"];

function chosenRows()
{
    return rows.filter(row => FILTERS.every(name => {
        const wanted = byId(`choose-${name}`)?.value;

        return !wanted || String(row[name]) === wanted;
    }));
}

function showChosen()
{
    const chosen = chosenRows();

    showTracks(chosen);
    showCards(chosen);
    showCharts(chosen);
    showCauses(chosen);
    showTotals(chosen);
    showEvents(chosen);
}

function makeFilters()
{
    for (const name of FILTERS) {
        const values = [...new Set(rows.map(row => row[name]))]
            .filter(value => value != null);
        const choice = html("select", { id: `choose-${name}` },
            html("option", { value: "" }, "all"),
            ...values.map(value => html("option", { value }, value)));

        if (values.length < 2)
            continue;
        choice.addEventListener("change", showChosen);
        byId("filters").append(html("label", {}, `${name} `, choice));
    }
    byId("filters").parentElement.hidden = !byId("filters").children.length;
    if (rows.length > MANY_ROWS && byId("choose-receiver")) {
        const worst = rows.reduce((a, b) => b.missed > a.missed ? b : a);

        byId("choose-receiver").value = worst.receiver;
    }
}

showHead();
showExpectations();
showLegend();
makeFilters();
showChosen();
document.documentElement.dataset.ready = "yes";
