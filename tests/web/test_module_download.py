"""Files of the area as they come over bad lines and out of what a browser kept: asked for anew where they are wrong."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

# a server that has `file`; a browser that kept `cached`; waiting takes no time, and a line never stalls
LINE = """
const asked = [];
globalThis.setTimeout = (act, ms) => (ms < 10000 ? queueMicrotask(act) : 0);
globalThis.fetch = async (url, { headers = {}, cache }) => {
  const from = Number(/\\d+/.exec(headers.Range ?? "0")[0]);
  asked.push(from > 0 ? `from ${from}` : cache);
  const end = asked.length === 1 ? (given.cut ?? Infinity) : Infinity;
  const text = cache === "default" && from === 0 ? (given.cached ?? given.file) : given.file;
  const range = from > 0 ? { "Content-Range": `bytes ${from}-9/10` } : {};
  const status = from > 0 ? 206 : 200;
  return new Response(text.slice(from, end), { status, headers: { "Content-Encoding": "br", ...range } });
};
const file = { url: given.url, bytes: given.bytes ?? given.file.length };
const { bytesOf } = await import(js + "download.mjs");
const { jsonOf, getJson } = await import(js + "loading.mjs");
"""
FILE = json.dumps({"places": ["Rautatientori"]})
NAMED = f"https://maps.test/files/places.{hashlib.sha256(FILE.encode()).hexdigest()[:16]}.json"
BARE = "https://maps.test/files/places.json"  # of which nothing tells what it holds, as over plain http


def changed(text: str) -> str:
    return text.replace("Raut", "Rxut")


@pytest.mark.parametrize(
    ("cached", "url"),
    [
        pytest.param("<h1>Sign in to this network</h1>" * 9, BARE, id="longer"),
        pytest.param(FILE.replace("[", "<"), BARE, id="no JSON"),
        pytest.param(changed(FILE), NAMED, id="another"),
    ],
)
def test_file_when_the_browser_kept_something_else_then_it_is_asked_of_the_server(
    node: Node, cached: str, url: str
) -> None:
    told = node(LINE + "return [await jsonOf(file), asked]", {"file": FILE, "cached": cached, "url": url})
    assert told == [json.loads(FILE), ["default", "reload"]]


def test_texts_when_the_browser_kept_them_damaged_then_they_are_asked_of_the_server(node: Node) -> None:
    told = node(LINE + "return [await getJson(given.url), asked]", {"file": FILE, "cached": FILE[:9], "url": BARE})
    assert told == [json.loads(FILE), ["default", "reload"]]


def test_file_when_the_server_has_another_then_it_is_given_for_its_reader_to_judge(node: Node) -> None:
    snippet = "return [new TextDecoder().decode(await bytesOf(file)), asked]"
    told = node(LINE + snippet, {"file": changed(FILE), "url": NAMED})
    assert told == [changed(FILE), ["default", "reload"]], "asked once more, and not for ever"


@pytest.mark.parametrize("url", [BARE, NAMED])
def test_json_when_it_ends_early_without_a_word_then_its_rest_is_fetched(node: Node, url: str) -> None:
    told = node(LINE + "return [await jsonOf(file), asked]", {"file": FILE, "cut": 10, "url": url})
    assert told == [json.loads(FILE), ["default", "from 10"]]


def test_json_when_it_never_comes_as_it_should_then_it_is_given_up(node: Node) -> None:
    given = {"file": "<", "bytes": 1, "url": BARE}
    told = node(LINE + "return [await jsonOf(file).catch((error) => error.name), asked]", given)
    assert told == ["SyntaxError", ["default", "reload"]]
