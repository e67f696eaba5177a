#!/usr/bin/env python3
# This file is part of ffmpeg-e2ee.
#
# ffmpeg-e2ee is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# ffmpeg-e2ee is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.
#
# You should have received a copy of the GNU Lesser General Public
# License along with ffmpeg-e2ee; if not, write to the Free Software
# Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA

"""Looks at a report in headless Chromium, over the DevTools protocol.

usage: browse_report.py CHROMIUM REPORT.html REPORT.json [SCREENSHOTS]

Prints TAP. The report is of the meeting in hand_meeting.h. With SCREENSHOTS,
a directory, leaves pictures there for people to look at.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
    --disable-dev-shm-usage --remote-debugging-pipe""".split()
PATIENCE = 30


class Browser:
    """Chromium, spoken to over a pipe."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        commands, self.to = os.pipe()
        self.got, answers = os.pipe()

        def connect():
            low, high = os.dup(commands), os.dup(answers)
            os.dup2(low, 3)
            os.dup2(high, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, "--user-data-dir=" + self.folder, "about:blank"],
            close_fds=False, preexec_fn=connect,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            if not select.select([self.got], [], [],
                                 deadline - time.monotonic())[0]:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.got, 1 << 20)
            if not piece:
                raise EOFError("Chromium has gone")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def attach(self):
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=page["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(domain + ".enable")

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression):
        deadline = time.monotonic() + PATIENCE
        while not self.value(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(expression)
            time.sleep(0.05)

    def open(self, name):
        self.call("Page.navigate", url="file://" + os.path.abspath(name))
        self.wait("document.documentElement?.dataset.ready === 'yes'")
        self.settle()

    def settle(self):
        """Until what comes into sight has been drawn."""
        self.value("new Promise(done => requestAnimationFrame(() => "
                   "requestAnimationFrame(() => setTimeout(done, 50))))")

    def key(self, name, code=None):
        text = {"Enter": "\r", " ": " "}.get(name)
        params = {"key": name, "code": code or name,
                  "windowsVirtualKeyCode": {"Tab": 9, "Enter": 13,
                                            "Escape": 27, "PageUp": 33,
                                            "PageDown": 34, "End": 35,
                                            "Home": 36, "ArrowRight": 39,
                                            " ": 32}[name]}
        self.call("Input.dispatchKeyEvent", type="keyDown",
                  **({"text": text} if text else {}), **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y,
                      button="left", clickCount=1)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}])

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=mobile)
        self.settle()

    def picture(self, name, whole=True):
        data = self.call("Page.captureScreenshot",
                         captureBeyondViewport=whole)["data"]
        with open(name, "wb") as file:
            file.write(base64.b64decode(data))


nb = 0


def check(description, good, shown=""):
    global nb
    nb += 1
    print(f"{'ok' if good else 'not ok'} {nb} - {description}", flush=True)
    if not good:
        print("# got:", shown)


def number(browser, element):
    text = browser.value(
        f"document.getElementById('{element}').firstChild.textContent")
    return int(text.replace(",", ""))


def check_counts(browser, report):
    rows = report["received"]
    wanted = {
        "total-sent": sum(r["sent"] for r in rows),
        "total-opened": sum(r["fates"]["opened"] for r in rows),
        "total-shown": sum(r["shown"]["identical"] + r["shown"]["different"]
                           for r in rows),
        "total-lost": sum(r["fates"]["lost_uplink"] + r["fates"]["late"] +
                          r["fates"]["lost_downlink"] for r in rows),
        "total-refused": sum(r["fates"]["refused"] for r in rows),
    }
    for element, count in wanted.items():
        got = number(browser, element)
        check(f"{element} is {count}", got == count, got)
    cells = browser.value("[...document.querySelectorAll('#totals tbody tr')]"
                          ".map(tr => [...tr.children].map("
                          "td => td.textContent))")
    row = next(c for c in cells if c[0] == "bob ← alice video")
    check("bob's row", row == ["bob ← alice video", "vp8", "450", "3", "1",
                               "1", "0", "1", "444", "382", "382", "0",
                               "2,290"], row)
    check("a row each", len(cells) == len(rows), len(cells))
    causes = browser.value("[...document.querySelectorAll('#causes tbody tr')]"
                           ".map(tr => tr.children[0].textContent + ' ' + "
                           "tr.children[1].textContent)")
    check("causes of loss", "lost on the uplink: burst loss 3" in causes and
          "not shown: waited for a key frame 62" in causes, causes)
    check("the name is text, not markup",
          browser.value("document.querySelector('h1').textContent") ==
          report["scenario"], report["scenario"])
    check("the failed expectation comes first", browser.value(
        "document.querySelector('#expectations li').textContent").startswith(
            "✗ failed: bob decodes"))


TIMELINE = "document.querySelector('[aria-label^=\"bob ← alice video\"]')"
FOCUSED = "document.activeElement"


def check_keyboard(browser):
    browser.value("document.body.focus()")
    for _ in range(40):
        browser.key("Tab")
        if browser.value(FOCUSED + ".getAttribute('role') === 'slider' && " +
                         FOCUSED + " === " + TIMELINE):
            break
    check("Tab reaches the timeline",
          browser.value(f"{FOCUSED} === {TIMELINE}"))
    check("and shows it", browser.value(
        f"getComputedStyle({FOCUSED}).outlineStyle") == "solid")
    browser.key("End")
    browser.key("PageUp")
    said = browser.value(f"{FOCUSED}.getAttribute('aria-valuetext')")
    check("Page Up goes to a problem", "frame 440, not opened" in said, said)
    browser.key("Home")
    browser.key("PageDown")
    said = browser.value(f"{FOCUSED}.getAttribute('aria-valuetext')")
    check("Page Down to another", "frame 100, lost (burst loss, on the uplink)"
          in said, said)
    browser.key("Enter")
    browser.settle()
    check("Enter opens the list", browser.value(
        "document.getElementById('moment').open"))
    check("with the focus in it", browser.value(
        f"document.getElementById('moment').contains({FOCUSED})"))
    check("about the moment", browser.value(
        "document.getElementById('moment-title').textContent") ==
        "bob ← alice video, 3.333 s")
    browser.key("Tab")
    browser.key("Escape")
    browser.settle()
    check("Escape closes it", not browser.value(
        "document.getElementById('moment').open"))
    check("and the focus is back",
          browser.value(f"{FOCUSED} === {TIMELINE}"))


def click_at(browser, time_):
    browser.value(f"{TIMELINE}.scrollIntoView({{block: 'center'}})")
    browser.settle()
    box = browser.value(f"{TIMELINE}.getBoundingClientRect().toJSON()")
    browser.click(box["x"] + box["width"] * time_ / 15,
                  box["y"] + box["height"] / 2)
    browser.settle()


def check_click(browser):
    click_at(browser, 12.48)
    title = browser.value("document.getElementById('moment-title')"
                          ".textContent")
    check("a click on a moment", title == "bob ← alice video, 12.467 s", title)
    life = browser.value("document.querySelector('#frames tr:not([hidden])"
                         " .life').textContent")
    check("tells the frame's life", "packet 2: random loss on the downlink"
          in life and "sequence numbers 1870 to 1874" in life, life)
    check("among its neighbours", browser.value(
        "document.querySelectorAll('#frames .open-frame').length") == 25)
    browser.value("document.getElementById('problem-after').click()")
    title = browser.value("document.getElementById('moment-title')"
                          ".textContent")
    check("and goes on to the next problem", "12.500 s" in title, title)


CONTRAST = """(() => {
    const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = text => rgb(text).map(v => v / 255).map(v =>
        v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const behind = element => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (!colour.startsWith('rgba(0, 0, 0, 0'))
                return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    return Math.min(...['h1', '.faint', '.failed', '.held', 'td', 'th', 'dt',
        'small', 'footer p', 'select'].map(selector => {
        const element = document.querySelector(selector);
        const a = light(getComputedStyle(element).color);
        const b = light(behind(element));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    }));
})()"""


def check_schemes(browser):
    pages = []
    for name in ("light", "dark"):
        browser.scheme(name)
        browser.settle()
        pages.append(browser.value(
            "getComputedStyle(document.body).backgroundColor"))
        ratio = browser.value(CONTRAST)
        check(f"{name}: text has contrast", ratio >= 4.5, ratio)
    check("light and dark differ", pages[0] != pages[1], pages)


def check_narrow(browser):
    browser.size(360, 740, mobile=True)
    width = browser.value("document.documentElement.scrollWidth")
    check("360 px need no scrolling sideways", width <= 360, width)
    click_at(browser, 12.48)
    width = browser.value("document.documentElement.scrollWidth")
    box = browser.value("document.getElementById('moment')"
                        ".getBoundingClientRect().toJSON()")
    check("nor does the list", width <= 360 and box["right"] <= 360,
          [width, box])
    browser.value("document.getElementById('moment').close()")


def check_names(browser):
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    nameless = [n for n in tree if not n.get("ignored") and
                n["role"]["value"] in ("slider", "button", "combobox", "link",
                                       "img", "image", "dialog", "region") and
                not n.get("name", {}).get("value")]
    check("everything to be used has a name", not nameless, nameless)
    sliders = sum(n["role"]["value"] == "slider" for n in tree)
    check("a timeline each is in the tree", sliders == 8, sliders)


def check_quiet(browser):
    bad = [e for e in browser.events
           if e["method"] in ("Runtime.exceptionThrown",
                              "Runtime.consoleAPICalled", "Log.entryAdded")]
    check("nothing on the console", not bad, bad)
    urls = [e["params"]["request"]["url"] for e in browser.events
            if e["method"] == "Network.requestWillBeSent"]
    other = [u for u in urls if not u.startswith(("file://", "data:"))]
    check("no network", urls and not other, other)


def take_pictures(browser, folder):
    for name in ("light", "dark"):
        browser.scheme(name)
        browser.size(1200, 2900)
        browser.picture(f"{folder}/wide-{name}.png")
        browser.size(1200, 900)
        click_at(browser, 12.48)
        browser.picture(f"{folder}/moment-{name}.png", False)
        browser.value("document.getElementById('moment').close()")
    browser.size(360, 5200, mobile=True)
    browser.picture(f"{folder}/narrow.png")
    browser.size(360, 740, mobile=True)
    click_at(browser, 12.48)
    browser.picture(f"{folder}/narrow-moment.png", False)


def main():
    program, page, data = sys.argv[1:4]
    with open(data, encoding="utf-8") as file:
        report = json.load(file)
    browser = Browser(program)
    try:
        browser.attach()
        browser.size(1200, 900)
        browser.open(page)
        check("it loads from disk", True)
        check_counts(browser, report)
        check_keyboard(browser)
        check_click(browser)
        check_schemes(browser)
        browser.value("document.getElementById('moment').close()")
        check_names(browser)
        check_narrow(browser)
        if len(sys.argv) > 4:
            take_pictures(browser, sys.argv[4])
        check_quiet(browser)
    except (OSError, RuntimeError, StopIteration) as error:
        check("the browser does as told", False, error)
    finally:
        browser.close()
    print(f"1..{nb}")


main()
