"""A phone with the page on it: what the tests of the page do with Chromium, and what they always watch for.

``Watch`` listens to everything that a browser context does, from its first request on, and ``Watch.judge`` holds it to
the rules that no journey may break. ``Screen`` is one page with the words for what a person does on it.

The page's CSP forbids ``eval``, so nothing here waits by code as text, which Playwright would evaluate in the page's
own world: functions are handed to ``page.evaluate``, and waiting is asking again.
"""

from __future__ import annotations

import json
import os
import re
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

    LonLat = tuple[float, float]

PHONE: Final = {"width": 390, "height": 844}
NARROW: Final = {"width": 320, "height": 640}
WIDE: Final = {"width": 1200, "height": 800}
# three walks lead from one to the other, and no camera's dot is near enough to catch a tap
START: Final = (24.94583, 60.16744)
END: Final = (24.9469, 60.1746)
WALKS: Final = ("shortest", "balanced", "least_seen")
PATIENCE_S: Final = 30.0  # of a machine that draws in software and does other things besides
LONG_PRESS_MS: Final = 900
# the driver of the software renderer on the readback that a screenshot needs; no page can do anything about it
_DRIVER: Final = re.compile(
    r"\[\.WebGL-0x[0-9a-f]+\]GL Driver Message \(OpenGL, Performance, GL_CLOSE_PATH_NV, High\): "
    r"GPU stall due to ReadPixels( \(this message will no longer repeat\))?"
)
_TELL: Final = """
document.addEventListener("securitypolicyviolation", (event) => {
  sidestepBlocked(`${event.effectiveDirective} ${event.blockedURI || event.sourceFile}`);
});
"""
# what the page asks its planner, a worker, and what that answers
_PLANS: Final = """
window.sidestepPlans = [];
window.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    this.addEventListener("message", ({ data }) => {
      if (!data.first) Object.assign(window.sidestepPlans.find(({ id }) => id === data.id) ?? {}, data);
    });
  }
  postMessage(message, ...rest) {
    if (message.asked) window.sidestepPlans.push({ id: message.id, asked: structuredClone(message.asked) });
    super.postMessage(message, ...rest);
  }
};
"""
_KEPT: Final = """async () => ({
  localStorage: localStorage.length, sessionStorage: sessionStorage.length, cookie: document.cookie,
  caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length, name: window.name, state: history.state,
  referrer: document.referrer, hash: location.hash, search: location.search,
})"""
_NOTHING: Final = {
    "localStorage": 0, "sessionStorage": 0, "cookie": "", "caches": 0, "databases": 0,
    "workers": 0, "name": "", "state": None, "referrer": "", "hash": "", "search": "",
}  # fmt: skip
_PATHS: Final = re.compile(r"(/[\w%-]+)?/((en|ru)/(walk)?)?")


def marked(text: str) -> str:
    """Close the text of a link with its three letters, without which the page takes it for cut."""
    total = 0
    for letter in text:
        total = (total * 31 + ord(letter)) % 26**3
    return f"{text};" + "".join(chr(97 + total // place % 26) for place in (676, 26, 1))


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page for people, where they asked for pictures."""
    folder = os.environ.get("SIDESTEP_TEST_ARTIFACTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=whole)


@dataclass
class Watch:
    """What happened in a browser context, all of it."""

    origin: str
    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    secrets: list[LonLat] = field(default_factory=list)
    keeps: bool = False  # she has saved reports, which are all that may be stored
    elsewhere: list[str] = field(default_factory=list)  # other servers of the tests that the test itself goes to

    def listen(self, context: BrowserContext) -> None:
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda told: self.failures.append(str(told.error)))
        context.expose_function("sidestepBlocked", self._on_blocked)
        context.add_init_script(_TELL)
        context.add_init_script(_PLANS)

    def excuse(self, *parts: str) -> None:
        """Expect console messages with these texts: a test that provokes a failure gets the browser's word on it."""
        self.excused.extend(parts)

    # Playwright marks the functions that it is given, which it cannot do with methods of a list

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_response(self, response: Response) -> None:
        self.responses.append(response)

    def _on_blocked(self, told: str) -> None:
        self.blocked.append(told)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _DRIVER.fullmatch(message.text):
            self.console.append(message.text)

    def judge(self, pages: Sequence[Page]) -> None:
        """Hold all that happened to the rules."""
        own = (self.origin, *self.elsewhere, "blob:")
        elsewhere = [request.url for request in self.requests if not request.url.startswith(own)]
        assert elsewhere == [], "requests to another origin"
        assert self.blocked == [], "violations of the content security policy"
        assert self.failures == [], "errors of the page"
        loud = [text for text in self.console if not any(part in text for part in self.excused)]
        assert loud == [], "the console"
        self._judge_addresses([place for page in pages for place in places_of(page)])
        for page in pages:
            path = urlsplit(page.url).path
            assert page.url in {"about:blank", *(f"{origin}{path}" for origin in (self.origin, *self.elsewhere))}
            assert page.url == "about:blank" or _PATHS.fullmatch(path), path
            if page.url != "about:blank":
                assert page.evaluate(_KEPT) == _NOTHING | {"localStorage": int(self.keeps)}
                assert page.evaluate("() => Object.keys(localStorage)") == ["sidestep-reports"] * self.keeps
        for context in {page.context for page in pages}:
            assert context.cookies() == []

    def _judge_addresses(self, planned: Sequence[LonLat]) -> None:
        places = {form for place in [*self.secrets, *planned] for form in forms(place)}
        for request in self.requests:
            address = request.url.removeprefix(self.origin)  # its port is a number too
            told = [address, unquote(address), *(value for name, value in request.headers.items() if name != "origin")]
            assert request.headers.get("cookie") is None
            assert not request.headers.get("referer")
            found = {form for form in places for text in told if form in text}
            assert found == set(), f"a place stands in an address or a header: {urlsplit(request.url).path}"
        carriers = {urlsplit(request.url).path for request in self.requests if request.post_data is not None}
        assert all(path.endswith(("/walk", "/api/v1/reports")) for path in carriers), carriers


def plans_of(page: Page) -> list[dict[str, Any]]:
    """Give what the page asked its planner, ``asked``, with the answer, ``record`` or ``code``, once it is there."""
    plans: list[dict[str, Any]] = page.evaluate("() => window.sidestepPlans ?? []")
    for plan in plans:
        plan["asked"] = {name: value for name, value in plan["asked"].items() if value is not None}
    return plans


def places_of(page: Page) -> Iterator[LonLat]:
    """Give all places that were asked for and answered."""
    for plan in plans_of(page):
        yield from (tuple(plan["asked"][end]) for end in ("from", "to"))
        yield from (tuple(camera["at"]) for camera in (plan["asked"].get("overlay") or {}).get("cameras", []))
        for route in (plan.get("record") or {}).get("routes", []):
            yield from (tuple(place) for place in route["geometry"]["coordinates"])


def forms(place: LonLat) -> set[str]:
    """Write a place to some 50 m in the ways in which a careless programmer would.

    >>> sorted(forms((24.94583, 60.16744)))
    ['24,945', '24,946', '24.945', '24.946', '24945', '24946', '24°56', '60,167', '60.167', '60167', '60°10']
    """
    found = set()
    for degrees in place:
        found.add(f"{int(degrees)}°{int(degrees % 1 * 60):02}")
        for text in (f"{degrees:.3f}", f"{degrees:.9f}"[:-6]):  # rounded, and cut
            found |= {text, text.replace(".", ","), text.replace(".", "")}
    return found


@dataclass
class Screen:
    """One page on one device."""

    page: Page
    watch: Watch
    lang: str
    prefix: str = ""

    def open(self, fragment: str = "", *, lang: str | None = None) -> Screen:
        self.page.goto(f"{self.watch.origin}{self.prefix}/{lang or self.lang}/{fragment}")
        return self.settle()

    def ask(self, code: str, given: object = None) -> Any:  # noqa: ANN401 - JSON
        """Evaluate a function in the page; ``map`` is the page's map."""
        return self.page.evaluate(
            f"(given) => {{ const map = document.getElementById('map').sidestepMap; return ({code})(given); }}", given
        )

    def until(self, what: str, seen: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was seen
        """Wait for something to be seen, and give it."""
        end = time.monotonic() + PATIENCE_S
        while not (found := seen()):
            assert time.monotonic() < end, f"waited in vain for: {what}"
            self.page.wait_for_timeout(50)
        return found

    def settle(self) -> Screen:
        """Wait until the map has drawn all there is to draw, and nothing is being planned."""
        bare = self.words("ui.map.no_basemap")  # stays, where there is no basemap to come
        ready = """(bare) => {
          if (document.documentElement.classList.contains('no-map')) return true;
          const note = document.getElementById('map-note');
          return Boolean(map && map.loaded() && !map.isMoving() && (note.hidden || note.textContent === bare));
        }"""
        self.until("a map that stands still", lambda: self.ask(ready, bare) and self.phase() != "planning")
        return self

    def breathe(self) -> None:
        """Let the page lay itself out anew, and what follows from that again."""
        self.page.evaluate("async () => { for (let i = 0; i < 4; i += 1) await new Promise(requestAnimationFrame); }")

    def phase(self) -> str:
        if self.page.locator("#problem").is_visible():
            return "failed"
        planning = (self.words("ui.planning"), self.words("ui.fetching").split("{")[0])
        if self.page.locator("#status").inner_text().startswith(planning):
            return "planning"
        return "ready" if self.page.locator("#cards").is_visible() else "idle"

    def words(self, key: str) -> Any:  # noqa: ANN401 - a string, or a plural's forms
        """Give a text of the page's dictionary as it stands there."""
        return self.page.evaluate("(key) => JSON.parse(document.getElementById('texts').textContent)[key]", key)

    # what a finger does

    def spot(self, place: LonLat) -> tuple[float, float]:
        """Give where a place lies on the screen, px."""
        x, y = self.ask(
            """(place) => {
              const { x, y } = map.project(place);
              const room = map.getContainer().getBoundingClientRect();
              return [x + room.x, y + room.y];
            }""",
            place,
        )
        return x, y

    def tap(self, place: LonLat) -> None:
        self.watch.secrets.append(place)
        self.page.touchscreen.tap(*self.spot(place))

    def press(self, place: LonLat, hold_ms: int = LONG_PRESS_MS) -> None:
        """Press long."""
        self.watch.secrets.append(place)
        self.press_at(*self.spot(place), hold_ms)

    def press_at(self, x: float, y: float, hold_ms: int = LONG_PRESS_MS) -> None:
        """Press a spot of the screen long."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        self.page.wait_for_timeout(hold_ms)
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        devtools.detach()

    def plan(self, start: LonLat = START, end: LonLat = END) -> dict[str, Any]:
        """Tap start and end, each from near, and give the plan that comes."""
        self.go(start, 17)
        self.tap(start)
        self.until_row_start()
        self.go((end[0] + 0.0004, end[1]), 17)  # a second tap on the same spot would zoom
        return self.planned(lambda: self.tap(end))

    def until_row_start(self) -> None:
        self.until("the field of the start", lambda: self.page.locator("#row-start").is_visible())

    def planned(self, act: Callable[[], object]) -> dict[str, Any]:
        """Do something that has walks planned, and give the plan."""
        born, before = self.page.evaluate("() => performance.timeOrigin"), len(plans_of(self.page))
        act()

        def come() -> dict[str, Any] | None:
            same = self.page.evaluate("() => performance.timeOrigin") == born
            plans = plans_of(self.page)[before if same else 0 :]
            return plans[-1].get("record") if plans else None

        self.until("walks", come)
        self.settle()
        found = come()
        assert found is not None
        return found

    def asked(self) -> list[dict[str, Any]]:
        """Give what the page asked its planner since it was opened."""
        return [plan["asked"] for plan in plans_of(self.page)]

    # the browser's history

    def past(self) -> int:
        """Give how many entries of the history are behind the page."""
        index: int = self.page.evaluate("() => navigation.currentEntry.index")
        return index

    def back(self) -> None:
        """Go back as the browser's button does."""
        before = self.past()
        self.page.evaluate("() => history.back()")
        self.until("the entry before", lambda: self.past() < before)

    def shut(self) -> None:
        """Close a dialog, and wait until its entry of the history, if it has one, is taken off."""
        had = self.past()
        # what came up before any gesture has none: the entry before, if there is one, is then another document's
        entered = self.page.evaluate("() => navigation.entries()[navigation.currentEntry.index - 1]?.sameDocument")
        self.page.keyboard.press("Escape")
        self.until("the dialog gone", self.page.locator("#dialog").is_hidden)
        self.until("its entry gone", lambda: not entered or self.past() < had)

    # what the map holds

    def data(self, source: str) -> list[dict[str, Any]]:
        """Give the features of one of the map's sources."""
        told = self.ask("(source) => map.getStyle().sources[source].data", source)
        features: list[dict[str, Any]] = told["features"] if told["type"] == "FeatureCollection" else [told]
        return features

    def drawn(self, *layers: str) -> list[dict[str, Any]]:
        """Give the features that are on the screen in some layers."""
        code = """(layers) => map.queryRenderedFeatures({ layers })
          .map(({ layer, properties, geometry }) => ({ layer: layer.id, properties, geometry }))"""
        found: list[dict[str, Any]] = self.ask(code, list(layers))
        return found

    def show(self, place: LonLat, zoom: float) -> None:
        self.go(place, zoom)
        self.settle()

    def go(self, place: LonLat, zoom: float) -> None:
        """Be there, whether or not all is drawn yet: of a large part of a test's time the processor draws maps."""
        self.ask("({ place, zoom }) => { map.jumpTo({ center: place, zoom }); }", {"place": place, "zoom": zoom})
        self.breathe()

    # what stands there

    def text(self) -> str:
        """Give all text that can be seen or is told to a screen reader."""
        told: str = self.page.evaluate(
            """() => {
              const told = ['aria-label', 'placeholder', 'aria-valuetext'].flatMap((name) =>
                [...document.querySelectorAll(`[${name}]`)].map((one) => one.getAttribute(name)));
              return [document.title, document.body.innerText, ...told].join('\\n');
            }"""
        )
        return told

    def cards(self) -> list[str]:
        texts: list[str] = self.page.locator("#cards label").all_inner_texts()
        return texts

    def chosen(self) -> str:
        return str(self.page.locator("#cards input:checked").get_attribute("value"))

    def lift(self, height: str) -> None:
        """Bring the sheet to one of its heights by its handle."""
        for _ in range(3):
            whole = self.page.locator("html.no-map").count() > 0  # then there is nothing to bring it away from
            if whole or self.page.locator("#sheet").get_attribute("data-open") == height:
                self.breathe()
                return
            self.page.locator("#handle").tap()
        raise AssertionError(f"the sheet never was {height}")


def ask_server(origin: str, start: LonLat, end: LonLat, detour: str = "30%") -> dict[str, Any]:
    """Ask the server for walks without a browser."""
    body = json.dumps({"from": start, "to": end, "detour": detour}).encode()
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{origin}/api/v1/route", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:  # noqa: S310 - our own server
        plan: dict[str, Any] = json.load(reply)
    return plan
