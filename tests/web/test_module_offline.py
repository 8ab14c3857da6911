"""What is kept on a phone, without one: beside what others keep, where there is no room, when the page is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

# a browser's caches by name, each a map of replies; after `steps` changes the next is refused, or the page is closed
CACHES = """
const filled = (urls) => new Map(urls.map((url) => [url, new Response(url)]));
const kept = new Map(Object.entries(given.caches ?? {}).map(([name, urls]) => [name, filled(urls)]));
let steps = given.steps ?? Infinity;
const step = async () => {
  steps -= 1;
  if (steps < 0 && given.closed) await new Promise(() => {});
  if (steps === -1) throw new DOMException("no room", "QuotaExceededError");
};
const cacheOf = (held) => ({
  keys: async () => [...held.keys()].map((url) => ({ url })),
  match: async (asked) => held.get(asked.url ?? asked)?.clone(),
  delete: async (asked) => {
    await step();
    return held.delete(asked.url ?? asked);
  },
  put: async (asked, reply) => {
    await step();
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
        const there = ["/maps/", "/north/", "/diary/", "/maps/sub/"].map((path) => {
          const scope = `https://user.host${path}`;
          return { scope, active: { scriptURL: `${scope}sw.js` }, unregister: async () => gone.push(path) };
        });
        const serviceWorker = { getRegistrations: async () => there };
        Object.defineProperty(globalThis, "navigator", { value: { serviceWorker } });
        Object.assign(globalThis, { localStorage: {}, sessionStorage: {}, history: { replaceState() {} } });
        const { forget } = await import(js + "offline.mjs");
        const whole = await forget({ urls: { worker: "https://user.host/maps/sw.js" } });
        return { whole, gone, left: names() };
        """,
        {"caches": {"sidestep /north/ 12": [], "sidestep-areas": [], "diary /diary/ 3": []}},
    )
    assert told == {"whole": True, "gone": ["/maps/", "/north/"], "left": ["diary /diary/ 3"]}


AREA = """
const { keepArea, keptAreas, dropArea } = await import(js + "areas.mjs");
Object.defineProperty(globalThis, "navigator", { value: {} });
const index = (digest, name) => ({ digest, about: { name, built: "2026-01-01" } });
const blob = new Blob(["file"]);
const told = async () => ({
  files: [...(kept.get("sidestep-areas")?.keys() ?? [])].flatMap((url) => /[a-f]+$/.exec(new URL(url).pathname) ?? []),
  listed: (await keptAreas()).map(({ digest }) => digest),
});
"""


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("steps", [0, 1])
def test_area_when_it_cannot_be_kept_whole_then_nothing_of_it_takes_room(
    node: Node, steps: int, *, closed: bool
) -> None:
    snippet = """
    const ended = await Promise.race([
      keepArea(index("aa", "A"), blob).catch(({ name }) => name), new Promise((done) => setTimeout(done, 50, "closed")),
    ]);
    return { ended, caches: names(), ...(await told()) };
    """
    left = node(CACHES + AREA + snippet, {"steps": steps, "closed": closed})
    ended = {"ended": "closed"} if closed else {"ended": "QuotaExceededError", "caches": []}
    assert left == left | ended | {"files": [], "listed": []}


def test_area_when_it_is_kept_already_and_the_room_is_full_then_it_stays(node: Node) -> None:
    snippet = """
    await keepArea(index("aa", "A"), blob);
    steps = given.after;
    await keepArea(index("aa", "A"), blob).catch(() => {});
    return told();
    """
    for after in (0, 1):
        assert node(CACHES + AREA + snippet, {"after": after}) == {"files": ["aa"], "listed": ["aa"]}


@pytest.mark.parametrize("after", [0, 1])
def test_area_when_the_page_is_closed_while_it_is_deleted_then_no_file_stays_that_is_not_listed(
    node: Node, after: int
) -> None:
    snippet = """
    await keepArea(index("aa", "A"), blob);
    steps = given.after;
    await Promise.race([dropArea("aa"), new Promise((done) => setTimeout(done, 50))]);
    return told();
    """
    left = node(CACHES + AREA + snippet, {"after": after, "closed": True})
    assert left["files"] == left["listed"]
