"""What plans, with workers of the tests' own: none goes on that was left, and a bug in one plan ends no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

# workers that answer when they are told to, and a planner of an area that is on this phone
WORKERS = """
const workers = [];
globalThis.Worker = class {
  constructor() {
    [this.asked, this.ended] = [[], false];
    workers.push(this);
  }
  postMessage(message) { this.asked.push(message); }
  terminate() { this.ended = true; }
  tell(data) { this.onmessage({ data }); }
  answer(reply) { this.tell({ id: this.asked.at(-1).id, ...reply }); }
};
const later = () => new Promise((done) => setTimeout(done));
const file = { bytes: 1, held: async () => new Uint8Array(1) };
const config = { area: { files: { pack: file, camera_pack: file } } };
let overlay = async () => undefined;
const planner = makePlanner(config, () => overlay(), () => {});
const opened = async (worker) => {
  worker.tell({ ready: true });
  await later();
  worker.answer({ fault: null });
  await later();
};
const codes = [];
const plan = (name) => planner.plan({ name }, { signal: new AbortController().signal, first: () => {} })
  .then((record) => codes.push([name, record]), (error) => codes.push([name, error.code]));
const told = () => ({
  codes,
  workers: workers.map(({ asked, ended }) => [asked.map((one) => one.asked?.name ?? "packs"), ended]),
});
"""


@pytest.fixture
def run(node: Node) -> Node:
    return lambda snippet: node(f"{WORKERS}{snippet}\nreturn told();", makePlanner="planner.mjs")


def test_area_when_left_while_a_worker_reads_it_then_the_worker_ends(run: Node) -> None:
    told = run("""
        plan("a");
        workers[0].tell({ ready: true });
        await later();
        planner.leave();
        await later();
    """)
    assert told == {"codes": [["a", "bug"]], "workers": [[["packs"], True]]}


def test_area_when_left_before_its_worker_starts_then_ended_without_a_byte_of_it(run: Node) -> None:
    told = run("""
        plan("a");
        await later();
        planner.leave();
        plan("b");
        workers[0].tell({ ready: true });
        await opened(workers[1]);
        workers[1].answer({ record: 1 });
        await later();
    """)
    assert told["workers"] == [[[], True], [["packs", "b"], False]]
    assert sorted(told["codes"]) == [["a", "bug"], ["b", 1]]


def test_plan_when_the_one_before_meets_a_bug_then_made_by_a_new_worker(run: Node) -> None:
    told = run("""
        planner.open();
        await opened(workers[0]);
        plan("a");
        plan("b");
        await later();
        workers[0].answer({ code: "bug" });
        await later();
        await opened(workers[1]);
        workers[1].answer({ record: 1 });
        await later();
    """)
    assert told == {
        "codes": [["a", "bug"], ["b", 1]],
        "workers": [[["packs", "a"], True], [["packs", "b"], False]],
    }


def test_plan_when_its_area_was_left_then_the_next_area_stays(run: Node) -> None:
    told = run("""
        planner.open();
        await opened(workers[0]);
        plan("a");
        await later();
        planner.leave();
        planner.open();
        await opened(workers[1]);
        plan("b");
        await later();
        workers[1].answer({ record: 1 });
        await later();
    """)
    assert told == {
        "codes": [["a", "bug"], ["b", 1]],
        "workers": [[["packs", "a"], True], [["packs", "b"], False]],
    }


def test_plan_when_asked_before_the_area_is_here_then_that_is_fetched_at_once(run: Node) -> None:
    told = run("""
        overlay = () => new Promise(() => {});
        plan("a");
        workers[0].tell({ ready: true });
        await later();
    """)
    assert told == {"codes": [], "workers": [[["packs"], False]]}
