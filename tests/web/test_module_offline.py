"""What a phone keeps, without a phone: browsers that have other things too, that lose some, and that are closed early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

# a browser's caches by name, each a map of replies; `fails` are addresses that there is no room for
CACHES = """
const kept = new Map(Object.entries(given.caches ?? {}).map(([name, urls]) => [name, new Map(urls.map((url) => [url, new Response(url)]))]));
const fails = new Set();
const cacheOf = (held) => ({
  keys: async () => [...held.keys()].map((url) => ({ url })),
  match: async (asked) => held.get(asked.url ?? asked)?.clone(),
  delete: async (asked) => held.delete(asked.url ?? asked),
  put: async (asked, reply) => {
    if (fails.has(asked)) throw new DOMException("no room", "QuotaExceededError");
    held.set(asked, reply);
  },
});
const names = () => [...kept.keys()];
globalThis.caches = {
  keys: async () => names(),
  has: async (name) => kept.has(name),
  delete: async (name) => kept.delete(name),
  match: async (url) => [...kept.values()].map((held) => held.get(url)).find((reply) => reply !== undefined)?.clone(),
  async open(name) {
    if (!kept.has(name)) kept.set(name, new Map());
    return cacheOf(kept.get(name));
  },
};
globalThis.location = new URL(given.at ?? "https://user.host/");
"""


def test_forget_when_the_host_has_other_pages_then_their_workers_stay(node: Node) -> None:
    told = node(
        CACHES
        + """
        const gone = [];
        const one = (scope) => ({ scope, active: { scriptURL: `${scope}sw.js` }, unregister: async () => gone.push(new URL(scope).pathname) });
        const there = ["/maps/", "/north/", "/diary/", "/maps/sub/"].map((path) => one(`https://user.host${path}`));
        Object.defineProperty(globalThis, "navigator", { value: { serviceWorker: { getRegistrations: async () => there } } });
        Object.assign(globalThis, { localStorage: {}, sessionStorage: {}, history: { replaceState() {} } });
        const { forget } = await import(js + "offline.mjs");
        const whole = await forget({ urls: { worker: "https://user.host/maps/sw.js" } });
        return { whole, gone, left: names() };
        """,
        {"caches": {"sidestep /north/ 12": [], "sidestep-areas": [], "diary /diary/ 3": []}},
    )
    assert told == {"whole": True, "gone": ["/maps/", "/north/"], "left": ["diary /diary/ 3"]}
