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

/* Frames, bitrate and overhead over time, summed over what is chosen. */

const CHART_HEIGHT = 130;
const CHART = { left: 40, right: 6, top: 8, bottom: 22 };

const binLength = niceStep(Math.max(duration / 100, 0.25));
const nbBins = Math.max(1, Math.ceil(duration / binLength - 1e-9));
const binOf = time => Math.min(nbBins - 1, Math.max(0,
    Math.floor(time / binLength)));

function sums(chosen)
{
    const zeros = () => new Array(nbBins).fill(0);
    const all = { sent: zeros(), seen: zeros(), plain: zeros(),
                  sealed: zeros(), arrived: zeros() };

    for (const row of chosen) {
        for (const line of row.frames) {
            const bin = binOf(captured(line));
            const sent = sentOf(row, line);
            const look = LOOKS[lookOf(line)].rank;

            if (look === LOOKS.absent.rank)
                continue;
            all.sent[bin]++;
            all.seen[bin] += look >= LOOKS.shown.rank &&
                             look <= LOOKS.different.rank;
            if (!sent)
                continue;
            all.plain[bin] += sent[SENT.plain_size] || 0;
            all.sealed[bin] += sent[SENT.sealed_size] || 0;
            if (FATES[line[FRAME.fate]] === "opened" ||
                FATES[line[FRAME.fate]] === "refused")
                all.arrived[bin] += sent[SENT.sealed_size] || 0;
        }
    }
    return all;
}

const showValue = value => value >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);

function drawChart(box, series)
{
    const width = Math.max(80, Math.round(box.clientWidth));
    const inner = { w: width - CHART.left - CHART.right,
                    h: CHART_HEIGHT - CHART.top - CHART.bottom };
    const most = Math.max(...series.flatMap(s => s.values), 1e-9);
    const step = niceStep(most / 3);
    const top = Math.ceil(most / step) * step;
    const x = bin => CHART.left + (bin + .5) / nbBins * inner.w;
    const y = value => CHART.top + (1 - value / top) * inner.h;
    const tick = niceStep(duration / Math.max(2, Math.floor(inner.w / 70)));
    const parts = [];

    for (let value = 0; value <= top * 1.0001; value += step)
        parts.push(svg("line", { class: "grid", x1: CHART.left,
                                 x2: width - CHART.right, y1: y(value),
                                 y2: y(value) }),
            svg("text", { x: CHART.left - 5, y: y(value) + 4,
                          "text-anchor": "end" }, showValue(value)));
    for (let time = 0; time <= duration * 1.0001; time += tick)
        parts.push(svg("text", { x: CHART.left + time / duration * inner.w,
                                 y: CHART_HEIGHT - 5,
                                 "text-anchor": time ? "middle" : "start" },
            Number(time.toPrecision(6)) + " s"));
    series.forEach(s => parts.push(svg("polyline", {
        class: s.class,
        points: s.values.map((v, bin) => `${x(bin).toFixed(1)},` +
                                         y(v).toFixed(1)).join(" ") })));
    box.replaceChildren(svg("svg", { "aria-hidden": "true" }, ...parts));
}

function makeChart(title, unit, series)
{
    const box = html("div", { class: "chart", role: "img" });
    const mean = values => values.reduce((a, b) => a + b, 0) / values.length;

    box.setAttribute("aria-label", `${title}, ${unit}: ` + series.map(
        s => `${s.name} ${showValue(mean(s.values))} on average, ` +
             `${showValue(Math.max(...s.values))} at most, ` +
             `${showValue(Math.min(...s.values))} at least`).join("; "));
    watch(box, () => drawChart(box, series));
    return html("figure", {},
        html("figcaption", {}, html("strong", {}, title),
            html("span", { class: "faint" }, `, ${unit}`),
            ...(series.length < 2 ? [] : series.map(s =>
                html("span", { class: "key-line" },
                    svg("svg", { width: 22, height: 8,
                                 "aria-hidden": "true" },
                        svg("line", { class: s.class, x1: 0, x2: 20,
                                      y1: 4, y2: 4 })), " " + s.name)))),
        box);
}

function showCharts(chosen)
{
    const all = sums(chosen);
    const rate = values => values.map(v => v / binLength);
    const kilobits = values => values.map(v => v * 8 / 1000 / binLength);
    const overhead = all.sealed.map((sealed, i) => all.plain[i]
        ? Math.max(0, 100 * (sealed - all.plain[i]) / all.plain[i]) : 0);

    if (report.kept !== "all") {
        byId("charts").replaceChildren(html("p", { class: "faint" },
            report.kept === "none"
                ? "The report was written without frames (--frames none)."
                : "Only frames with problems were kept (--frames problems)."));
        return;
    }
    byId("charts").replaceChildren(
        makeChart("Frames", "a second", [
            { name: "sent", class: "dashed", values: rate(all.sent) },
            { name: "opened and shown", class: "solid",
              values: rate(all.seen) }]),
        makeChart("Bitrate, sealed", "kbit/s", [
            { name: "sent", class: "dashed", values: kilobits(all.sealed) },
            { name: "arrived", class: "solid",
              values: kilobits(all.arrived) }]),
        makeChart("Overhead of sealing", "% of the media", [
            { name: "overhead", class: "solid", values: overhead }]));
}
