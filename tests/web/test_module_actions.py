"""What a person does, in any order, against a plain model: wishes, undo, and whose answer is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    Node = Callable[..., Any]

EXAMPLES = settings(max_examples=20)  # each a batch, since starting Node.js costs more than what it works out
MOST_PAST = 50
# timers that run when they are told to, and a planner that answers when it is told to
STAGE = """
const timers = new Map();
let count = 0;
globalThis.setTimeout = (act) => (timers.set(++count, act), count);
globalThis.clearTimeout = (id) => timers.delete(id);
const tick = () => { const acts = [...timers.values()]; timers.clear(); for (const act of acts) act(); };
const pause = async () => { for (let i = 0; i < 5; i += 1) await null; };
const open = () => {
  const store = makeStore(FIRST_STATE);
  const asked = [];
  const plan = (request, { signal }) => new Promise((done, fail) => asked.push({ request, signal, done, fail }));
  const actions = makeActions(store, plan);
  return { store, actions, asked };
};
"""
MODULES = {
    "makeStore": "store.mjs", "makeActions": "actions.mjs", "FIRST_STATE": "actions.mjs", "PlanError": "planner.mjs",
}  # fmt: skip

stops = st.integers(1, 4).map(lambda number: {"lonlat": [24.9 + number / 100, 60.2], "label": f"place {number}"})
doings = st.one_of(
    st.tuples(st.just("tap"), stops),
    st.tuples(st.sampled_from(["setStart", "setEnd"]), st.none() | stops),
    st.tuples(st.just("setDetour"), st.integers(0, 20).map(lambda fives: fives * 5)),
    st.tuples(st.sampled_from(["swap", "clear", "undo", "undo", "retry"])),
)


@dataclass(frozen=True)
class Model:
    """A wish and those before it."""

    start: dict[str, Any] | None = None
    end: dict[str, Any] | None = None
    detour: int = 30
    past: tuple[Model, ...] = field(default=(), repr=False)

    def wish(self, **change: Any) -> Model:  # noqa: ANN401 - fields
        return replace(self, **change, past=(*self.past, replace(self, past=()))[-MOST_PAST:])

    def do(self, what: str, given: Any = None) -> Model:  # noqa: ANN401 - whatever is done with
        if what == "retry" or (what == "undo" and not self.past):
            return self
        if what == "undo":
            return replace(self.past[-1], past=self.past[:-1])
        changes = {
            "tap": {"start" if self.start is None else "end": given},
            "setStart": {"start": given}, "setEnd": {"end": given}, "setDetour": {"detour": given},
            "swap": {"start": self.end, "end": self.start}, "clear": {"start": None, "end": None},
        }  # fmt: skip
        return self.wish(**changes[what])

    def told(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "detour": self.detour}


@EXAMPLES
@given(st.lists(st.lists(doings, max_size=70), min_size=1, max_size=10))
def test_wish_when_anything_is_done_then_as_in_the_model(node: Node, journeys: list[list[Any]]) -> None:
    snippet = f"""{STAGE}
    return given.map((journey) => {{
      const {{ store, actions }} = open();
      return journey.map(([what, given]) => {{
        actions[what](given);
        const {{ wish, past, phase, plan }} = store.get();
        return {{ wish, past: past.length, phase, plan }};
      }});
    }});"""
    for journey, seen in zip(journeys, node(snippet, journeys, **MODULES), strict=True):
        model = Model()
        for doing, state in zip(journey, seen, strict=True):
            model = model.do(*doing)
            assert state["wish"] == model.told()
            assert state["past"] == len(model.past)
            assert state["phase"] == ("idle" if None in {model.start and 1, model.end and 1} else "planning")
            assert state["plan"] is None


@EXAMPLES
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["swap", "setDetour", "retry"]), st.integers(0, 20))
            | st.tuples(st.sampled_from(["answer", "refuse", "break"]), st.integers(0, 9)),
            max_size=25,
        ),
        min_size=1,
        max_size=10,
    )
)
def test_answers_when_they_come_in_any_order_then_only_that_of_the_last_wish_is_shown(
    node: Node, journeys: list[list[Any]]
) -> None:
    snippet = f"""{STAGE}
    const stop = (lon) => ({{ lonlat: [lon, 60], label: String(lon) }});
    const answers = [];
    for (const journey of given) {{
      const {{ store, actions, asked }} = open();
      actions.setStart(stop(1));
      actions.setEnd(stop(2));
      tick();
      for (const [what, number] of [...journey, ["answer", -1]]) {{
        if (what in actions) {{
          actions[what](number);
          tick();
        }} else {{
          const one = asked.at(number === -1 ? -1 : number % asked.length);
          if (what === "answer") one.done({{ request: one.request, routes: [{{ name: "shortest" }}] }});
          else one.fail(what === "refuse" ? new PlanError("busy") : new TypeError("a bug"));
        }}
        await pause();
        const {{ wish, plan, phase, problem, chosen }} = store.get();
        const open = asked.filter((one) => !one.signal.aborted).length;
        answers.push({{ wish, phase, problem, chosen, of: plan?.request ?? null, open }});
      }}
    }}
    return answers;"""
    for state in node(snippet, journeys, **MODULES):
        wish = state["wish"]
        wanted = {"from": wish["start"]["lonlat"], "to": wish["end"]["lonlat"], "detour": f"{wish['detour']}%"}
        assert state["open"] == 1, "an older question is still open"
        assert state["phase"] in {"planning", "ready", "failed"}
        assert (state["problem"] is not None) == (state["phase"] == "failed")
        if state["phase"] == "ready":
            assert state["of"] == wanted
            assert state["chosen"] == "shortest", "a walk that is not there"
        elif state["phase"] == "failed" and state["of"] is not None:  # what was to be planned anew stays
            assert state["of"] == wanted
        elif state["of"] is not None:  # the walks of another detour may stand while new ones are planned
            assert state["phase"] == "planning"
            assert (state["of"]["from"], state["of"]["to"]) == (wanted["from"], wanted["to"])


def test_wishes_when_they_follow_each_other_quickly_then_one_question_is_asked(node: Node) -> None:
    snippet = f"""{STAGE}
    const {{ store, actions, asked }} = open();
    actions.setStart({{ lonlat: [1, 2], label: "" }});
    for (const lat of [1, 2, 3]) actions.setEnd({{ lonlat: [1, lat], label: "" }});
    actions.setDetour(50);
    tick();
    return asked.map((one) => one.request);"""
    assert node(snippet, **MODULES) == [{"from": [1, 2], "to": [1, 3], "detour": "50%"}]


def test_wish_when_every_walk_shall_come_then_each_question_says_so(node: Node) -> None:
    snippet = f"""{STAGE}
    const {{ store, actions, asked }} = open();
    actions.setStart({{ lonlat: [1, 2], label: "" }});
    actions.setEnd({{ lonlat: [1, 3], label: "" }});
    tick();
    store.set({{ every: true }});
    for (const act of [actions.retry, actions.swap]) {{ act(); tick(); }}
    return asked.map((one) => one.request.front ?? null);"""
    assert node(snippet, **MODULES) == [None, "every", "every"]


@EXAMPLES
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=20), min_size=1, max_size=20))
def test_store_when_fields_change_then_those_who_listen_hear_it_once(node: Node, journeys: list[list[Any]]) -> None:
    snippet = """return given.map((journey) => {
      const store = makeStore({ a: 0, b: 0, c: 0 });
      const heard = [];
      const stop = store.on(["a", "b"], (now, before) => heard.push([now, before]));
      const states = journey.map(([field, value]) => { store.set({ [field]: value }); return store.get(); });
      stop();
      store.set({ a: 9 });
      return { heard, states, frozen: states.every(Object.isFrozen) };
    })"""
    for journey, told in zip(journeys, node(snippet, journeys, makeStore="store.mjs"), strict=True):
        state, heard, states = {"a": 0, "b": 0, "c": 0}, [], []
        for name, value in journey:
            now = state | {name: value}
            if name in "ab" and now != state:
                heard.append([now, state])
            state = now
            states.append(state)
        assert (told["heard"], told["states"], told["frozen"]) == (heard, states, True)
