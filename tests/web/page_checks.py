"""What every screen of the page is held to: axe-core's rules of WCAG 2.2 AA, and measures that axe does not take."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from web.texts import Words

PROMISES: Final = re.compile(r"(?<![\w-])safe(?:r|st|ly|ty)?\b|camera[- ]free|безопасн|без камер", re.IGNORECASE)
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
TARGET_PX: Final = 44
# a link within a line of text is as high as the line (WCAG 2.5.8 excepts it)
_IN_TEXT: Final = "p a, li a, td a, th a"

_TARGETS: Final = """([least, inText]) => {
  const controls = "a[href], button, input, select, textarea, [role=option], summary";
  const hits = (one, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (one.contains(hit) || hit.closest("label")?.control === one);
  };
  // a list of places lies over all below it while it is open
  const list = document.querySelector("#found:not([hidden])");
  const over = document.querySelector("dialog[open]") ?? (list === null ? document : list.parentElement);
  const found = [];
  for (const one of over.querySelectorAll(controls)) {
    if (one.matches(inText) || one.matches(".skip") || one.disabled || one.type === "hidden") continue;
    if (one.closest("[inert]") || !one.checkVisibility({ visibilityProperty: true })) continue;
    (one.type === "radio" ? one.parentElement : one).scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = one.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const name = one.id || one.textContent.trim().slice(0, 30) || one.value;
    if (!hits(one, x, y)) {
      found.push(`${name}: something lies over it`);
      continue;
    }
    const reach = (dx, dy) => {
      let far = 0;
      while (far < least && hits(one, x + dx * (far + 1), y + dy * (far + 1))) far += 1;
      return far;
    };
    const [wide, high] = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1];
    if (wide < least || high < least) found.push(`${name}: ${wide} x ${high}`);
  }
  return found;
}"""

_OVERFLOW: Final = """() => {
  const wide = document.documentElement.clientWidth;
  const found = [];
  const called = (one) => one.id || one.className || one.tagName;
  const tooWide = (one) => one.scrollWidth > one.clientWidth + 1;
  const scrollers = document.querySelectorAll("#scroll, #sheet, #bar, #found, dialog, main");
  for (const one of [document.scrollingElement, ...scrollers]) {
    if (one.checkVisibility() && tooWide(one)) found.push(`${called(one)} scrolls sideways`);
  }
  for (const one of document.querySelectorAll("button, input, select, a[href], label, h1, h2, h3, p, li, .card *")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".hidden, .skip, #map, svg, .wide")) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width > 0 && (left < -1 || right > wide + 1)) found.push(`${called(one)} leaves the screen`);
    const hides = getComputedStyle(one).overflowX !== "visible" && !one.matches("input, .card"); // its sample is longer
    if (hides && tooWide(one)) found.push(`${called(one)} is cut`);
  }
  return found;
}"""


_BROKEN: Final = r"""(where) => {
  const found = [];
  for (const one of document.querySelectorAll(where)) {
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      for (const { 0: word, index } of text.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (range.getClientRects().length > 1) found.push(word);
      }
    }
  }
  return found;
}"""


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Give what axe-core finds; its source is evaluated, because the CSP lets no foreign script tag in."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", TAGS
    )
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def small_targets(page: Page, least_px: int = TARGET_PX) -> list[str]:
    """Give the controls that a finger cannot hit on 44 px either way, or not at all once scrolled to."""
    found: list[str] = page.evaluate(_TARGETS, [least_px, _IN_TEXT])
    return found


def overflow(page: Page) -> list[str]:
    """Give what does not fit the width of the screen."""
    found: list[str] = page.evaluate(_OVERFLOW)
    return found


def broken_words(page: Page, where: str) -> list[str]:
    """Give the words that stand on two lines, of some elements."""
    found: list[str] = page.evaluate(_BROKEN, where)
    return found


def map_date(words: Words, day: str) -> str:
    """Say from when a map is, and how old it is today."""
    years = (datetime.now(UTC).date() - date.fromisoformat(day)) // timedelta(days=365.25)
    key = "ui.coverage.date_old" if years else "ui.coverage.date"
    return words.t(key, month=words.month(day), count=years)
