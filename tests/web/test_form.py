"""The form for browsers without JavaScript, and its answer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from web import Settings, create_app
from web.texts import words_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser
    from serving import Running
    from werkzeug.test import TestResponse

    from routing.area import Area

VOID = {"meta", "link", "input", "br", "img", "hr"}


@pytest.fixture(scope="module")
def client(demo: Area) -> FlaskClient:
    return create_app(demo, Settings(planners=1)).test_client()


def send(client: FlaskClient, lang: str = "en", **typed: str) -> TestResponse:
    return client.post(f"/{lang}/walk", data={"from": "Rautatientori", "to": "Senaatintori"} | typed)


class Outline(HTMLParser):
    """Checks that tags are closed in their order, and keeps what tests look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.seen if name == tag]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_form_when_shown_then_says_before_sending_that_the_server_sees_the_walk(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/").text
    form = page[page.index("<noscript>") + 10 : page.index("</noscript>")]
    warning = words_in(lang).t("form.warning")
    assert form.index(warning) < form.index('type="submit"')
    outline = Outline(form)
    assert [(f["action"], f["method"], f["autocomplete"]) for f in outline.all("form")] == [
        (f"/{lang}/walk", "post", "off")
    ]
    assert [field["name"] for field in outline.all("input")] == ["from", "to"]
    assert len(outline.all("label")) == 3


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_walk_when_asked_then_table_picture_strips_and_steps(client: FlaskClient, lang: str) -> None:
    response = send(client, lang)
    assert response.status_code == 200
    words, text = words_in(lang), response.text
    outline = Outline(text)
    assert outline.all("html")[0]["lang"] == lang
    for name in ("shortest", "least_seen"):
        assert words.t(f"walks.{name}") in text
    assert text.count("<h1>") == 1
    assert len(outline.all("ol")) == text.count("<h3>") == len(re.findall("<tr role=.row.><th scope=.row", text))
    assert words.t("ui.contributors") in text
    assert words.t("coverage.rest") in text
    assert words.t("ui.unknown") in text
    assert f'<th scope="col" role="columnheader">{words.t("form.chance")}</th>' in text
    chance = words.t("walks.recognised", chance="|", unmapped="").split("|")[0]
    assert text.count(chance) == text.count(words.t("walks.assumed")) == len(outline.all("ol")), "of each walk"


def test_walk_when_drawn_then_lines_differ_in_width_and_dash_and_no_style_is_inline(client: FlaskClient) -> None:
    text = send(client).text
    figure = text[text.index("<figure>") : text.index("<figcaption>")]
    svg = ET.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])  # noqa: S314  # our own
    lines = [path for path in svg.iter("path") if "line-" in path.get("class", "")]
    assert len(lines) == 3
    assert len({line.get("stroke-width") for line in lines}) == 3
    assert len({line.get("stroke-dasharray") for line in lines}) == 3
    assert svg.get("role") == "img"
    assert len(list(svg.iter("circle"))) > 5
    numbers = [float(n) for path in svg.iter("path") for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
    assert min(numbers) >= 0
    assert max(numbers) <= 800
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)


def test_walk_when_a_name_is_meant_as_code_then_it_is_only_text(client: FlaskClient) -> None:
    response = send(client, **{"from": '"><script>alert(1)</script>'})
    assert response.status_code == 422
    assert "<script" not in response.text
    assert "&lt;script&gt;" in response.text


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"from": ""}, "bad-request"),
        ({"from": "x" * 201}, "bad-request"),
        ({"from": "Zyzzyva"}, "unknown-place"),
        ({"to": "95.1, 190.2"}, "bad-position"),
        ({"to": "48.85, 2.35"}, "outside-area"),
        ({"to": "Rautatientori"}, "same-place"),
    ],
)
def test_form_when_something_is_wrong_then_a_sentence_and_the_form_as_it_was(
    client: FlaskClient, lang: str, typed: dict[str, str], code: str
) -> None:
    response = send(client, lang, **typed)
    assert response.status_code == 422
    outline = Outline(response.text)
    assert words_in(lang).t(f"errors.{code}") in response.text
    assert next(section.get("role") for section in outline.all("section")) == "alert"
    kept = {field["name"]: field["value"] for field in outline.all("input")}
    expected = {"from": "Rautatientori", "to": "Senaatintori"} | typed
    assert kept == {name: text[:201] for name, text in expected.items()}


def test_form_when_a_place_is_ambiguous_then_the_choices_work(client: FlaskClient) -> None:
    response = send(client, to="Alepa")
    assert response.status_code == 422
    assert re.search(r'name="to"[^>]*aria-invalid="true"', response.text)
    choices = re.findall(r"<li>(.*?)</li>", response.text[: response.text.index("<form")])
    assert len(choices) >= 2
    for choice in choices:
        assert send(client, to=choice).status_code == 200


def test_form_when_fields_are_missing_repeated_or_strange_then_answered(client: FlaskClient) -> None:
    kind = "application/x-www-form-urlencoded"
    for body in ("", "from", "&&&", "from=a&from=b&to=c", "from=%ff%fe&to=%00", "x=1&" * 500, "from=%zz"):
        response = client.post("/en/walk", data=body, content_type=kind)
        assert response.status_code == 422, body
        Outline(response.text)


def test_form_when_the_detour_is_not_among_those_offered_then_the_usual_one(client: FlaskClient) -> None:
    usual = send(client, detour="30").text
    for detour in ("", "1e9", "30%", "999", "<b>"):
        assert Outline(send(client, detour=detour).text).all("option")
        assert re.findall("<td>.*?</td>", send(client, detour=detour).text) == re.findall("<td>.*?</td>", usual)


def test_form_when_got_instead_of_posted_then_a_page_that_leads_on(client: FlaskClient) -> None:
    response = client.get("/ru/walk")
    assert response.status_code == 405
    assert 'href="/ru/"' in response.text


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_walk_when_shown_on_the_smallest_screen_then_it_scrolls_down_and_not_sideways(
    chromium: Browser, page_server: Running, lang: str
) -> None:
    narrow = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 480})
    try:
        page = narrow.new_page()
        page.goto(f"{page_server.url}/{lang}/")
        page.fill("input[name=from]", "Rautatientori")
        page.fill("input[name=to]", "Alepa")
        with page.expect_navigation():
            page.click("button[type=submit]")
        assert page.input_value("input[name=to]") == "Alepa"
        page.fill("input[name=to]", "Senaatintori")
        with page.expect_navigation():
            page.click("button[type=submit]")
        assert page.url == f"{page_server.url}/{lang}/walk"
        width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert width == 320
        assert height > 2000
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main > *')].map((part) => part.getBoundingClientRect().right))"
        )
        assert widest <= 320
        low = [target for target in page.locator("button, input, select").all() if target.bounding_box()["height"] < 44]  # type: ignore[index]
        assert low == []
    finally:
        narrow.close()


def test_form_when_the_language_is_unknown_then_404(client: FlaskClient) -> None:
    assert client.post("/xx/walk", data={"from": "a", "to": "b"}).status_code == 404
