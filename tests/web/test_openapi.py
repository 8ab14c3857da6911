"""web/openapi.yaml against the application: nothing but documented answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from test_reports_api import solved

from web import Settings, create_app
from web.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from schemathesis import Case

    from routing.area import Area

FILE = Path(__file__).parents[2] / "web" / "openapi.yaml"
DESCRIBED = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
SAMPLE, WHOLE = 25, 1500
OPERATIONS = [(path, method) for path, methods in DESCRIBED["paths"].items() for method in methods]


def unpacked(app: WSGIApplication) -> WSGIApplication:
    """Let an application believe that nobody can unpack; schemathesis cannot when it asks in-process."""

    def inner(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app({**environ, "HTTP_ACCEPT_ENCODING": "identity"}, start_response)

    return inner


def hold(area: Area, store: Store, path: str, method: str, examples: int) -> None:
    """Send generated requests, good and bad, and look at every answer."""
    schema = schemathesis.openapi.from_dict(DESCRIBED)
    app = create_app(area, Settings(planners=2, proof=3), store=store)
    schema.app = unpacked(app)
    schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])

    @given(case=schema[path][method.upper()].as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize="CI" in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def holds(case: Case) -> None:
        right = case.meta is not None and case.meta.generation.mode.is_positive
        if right and isinstance(case.body, dict) and "proof" in case.body:  # a right one cannot be guessed
            case.body["proof"] = solved(app.extensions["sidestep.proofs"].puzzle())
        case.call_and_validate(checks=CHECKS)

    holds()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_api_when_asked_anything_then_only_documented_answers(
    demo: Area, tmp_path: Path, path: str, method: str
) -> None:
    hold(demo, Store(tmp_path), path, method, SAMPLE)


@pytest.mark.long
def test_api_when_asked_anything_for_long_then_only_documented_answers(demo: Area, tmp_path: Path) -> None:
    for path, method in OPERATIONS:
        hold(demo, Store(tmp_path), path, method, WHOLE if method == "post" else WHOLE // 10)


def test_description_when_served_then_the_file_itself(demo: Area) -> None:
    response = create_app(demo).test_client().get("/api/v1/openapi.yaml")
    assert response.data == FILE.read_bytes()
    assert response.mimetype == "application/yaml"


def test_description_when_compared_with_the_addresses_then_none_is_missing(demo: Area) -> None:
    app = create_app(demo)
    programs = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api", "/healthz"))
    }
    assert programs == set(OPERATIONS)


def test_description_when_it_names_limits_then_those_of_the_code() -> None:
    import web.asked
    from routing import wishes
    from routing.model import NEAR_M

    spots = DESCRIBED["components"]["schemas"]["Spots"]
    _, circle, ring = (kind["properties"] for kind in spots["items"]["oneOf"])
    assert spots["maxItems"] == wishes.MOST_SPOTS
    assert (ring["ring"]["minItems"], ring["ring"]["maxItems"]) == (wishes.LEAST_CORNERS, wishes.MOST_CORNERS)
    assert [circle["radius_m"][key] for key in ("minimum", "maximum", "default")] == [
        wishes.LEAST_RADIUS_M, wishes.MOST_RADIUS_M, NEAR_M,
    ]  # fmt: skip
    wish = DESCRIBED["components"]["schemas"]["Wish"]
    assert wish["properties"]["via"]["maxItems"] == Settings(planners=1).max_via
    assert DESCRIBED["components"]["schemas"]["Place"]["anyOf"][1]["maxLength"] == web.asked.MAX_NAME
