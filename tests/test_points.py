"""What is typed or pasted as a position."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import PlaceError
from routing.model import BBox, LonLat
from routing.points import looks_swapped, parse_point

# ruff: noqa: RUF001 - Russian letters look like Latin ones, and are meant

HERE = LonLat(24.9384, 60.1699)
LATS = st.integers(-900_000, 900_000).map(lambda n: n / 10_000)
LONS = st.integers(-1_800_000, 1_800_000).map(lambda n: n / 10_000)


@pytest.mark.parametrize(
    "text",
    [
        "60.1699,24.9384",
        " 60.1699 , 24.9384 ",
        "60.1699 24.9384",
        "60.1699;24.9384",
        "+60.1699,+24.9384",
        "60.1699° N, 24.9384° E",
        "60.1699°, 24.9384°",
        "N 60.1699 E 24.9384",
        "24.9384E 60.1699N",
        "24.9384 E, 60.1699",
        "60,1699; 24,9384",
        "60,1699 24,9384",
        "60,1699, 24,9384",
        "60°10'11.64\"N 24°56'18.24\"E",
        "60°10\u203211.64\u2033N, 24°56\u203218.24\u2033E",
        "60°10'11.64\"N24°56'18.24\"E",
        "60° 10' 11.64'' n, 24° 56' 18.24'' e",
        "E 24°56'18.24\" N 60°10'11.64\"",
        "N60°10.194' E24°56.304'",
        "60 10 11.64 N, 24 56 18.24 E",
        "N60.1699 E24.9384",
        "N 60.1699, E 24.9384",
        "60.1699N24.9384E",
        "60.1699°N 24.9384°E",
        "60,1699 N, 24,9384 E",
        "60.1699° с. ш., 24.9384° в. д.",
        "60,1699 с.ш. 24,9384 в.д.",
        "В.Д. 24.9384 С.Ш. 60.1699",
        "60°10\u203211.64\u2033 с.ш., 24°56\u203218.24\u2033 в.д.",
        "geo:60.1699,24.9384",
        "geo:60.1699,24.9384,12.5;crs=wgs84;u=35",
        "GEO:60.1699,24.9384?z=17",
        "geo:0,0?q=60.1699,24.9384(Oodi)",
        "geo:0,0?q=60.1699%2C24.9384%28Oodi%29",
        "geo:60.1699,24.9384?q=Oodi",
        "https://www.openstreetmap.org/#map=17/60.1699/24.9384",
        "https://www.openstreetmap.org/?mlat=60.1699&mlon=24.9384#map=17/1.5/2.5",
        "https://www.openstreetmap.org/node/123#map=17/60.1699/24.9384&layers=N",
        "openstreetmap.org/?lat=60.1699&lon=24.9384&zoom=3",
        "https://www.google.com/maps/@60.1699,24.9384,17z?entry=ttu",
        "https://www.google.fi/maps/place/Oodi/@1.5,2.5,17z/data=!3m1!4b1!4m6!3m5!8m2!3d60.1699!4d24.9384!16s",
        "https://maps.google.com/?q=60.1699,24.9384",
        "https://maps.google.com/?q=loc:60.1699,24.9384&ll=1.5,2.5",
        "https://www.google.com/maps/search/?api=1&query=60.1699%2C24.9384",
        "https://www.google.com/maps/search/60.1699,+24.9384",
        "https://www.google.com/maps/place/60%C2%B010'11.64%22N+24%C2%B056'18.24%22E/@1.5,2.5,17z",
        "https://maps.google.com/maps?ll=60.1699,24.9384&q=Oodi",
        "https://yandex.ru/maps/10493/helsinki/?ll=24.9384%2C60.1699&z=15",
        "https://yandex.com/maps/?pt=24.9384,60.1699&ll=1.5,2.5",
        "https://yandex.com.tr/maps/?ll=1.5,2.5&whatshere%5Bpoint%5D=24.9384%2C60.1699&whatshere[zoom]=3",
        "yandex.ru/maps/?whatshere[point]=24.9384,60.1699",
        "https://yandex.ru/maps/?text=60.1699%2C24.9384&ll=1.5,2.5",
        "https://2gis.ru/moscow/geo/4504235282567893/24.9384,60.1699?m=1.5,2.5%2F16",
        "https://2gis.ru/moscow/geo/24.9384%2C60.1699",
        "https://2gis.ru/moscow?m=24.9384%2C60.1699%2F16.5",
        "https://2gis.ru/moscow/queryState/center/24.9384,60.1699/zoom/15",
        "https://maps.apple.com/?ll=60.1699,24.9384&q=Oodi",
        "https://maps.apple.com/place?coordinate=60.1699,24.9384&name=Oodi",
    ],
)
def test_parse_point_when_a_known_form_then_the_point(text: str) -> None:
    assert parse_point(text) == pytest.approx(HERE, abs=1e-9)


def test_parse_point_when_osm_short_link_then_decoded_without_network() -> None:
    assert parse_point("https://osm.org/go/0EEQjE--?m=") == pytest.approx(LonLat(0.0549, 51.5110), abs=1e-2)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "Kamppi",
            "Mannerheimintie 5",
            "5 Mannerheimintie",
            "nan",
            "1905",
            "60.1",
            "2e1",
            "1_0,20",
            "N, E",
            "2-6",
        ),
        *("\u0661\u0662,\u0661\u0663", "osm.org", "Foo/Bar", "60.1\u017f 24.9w", "9" * 5000, "улица, 3"),
        *("Via 1° Maggio", "Rua 1º de Maio 5", "N° 5", "5 E", "7с2", "W 34 St", "14 E 5th", "д. 3 с. 2"),
    ],
)
def test_parse_point_when_a_name_then_none(text: str) -> None:
    assert parse_point(text) is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("91.5,24.5", "latitude comes first"),
        ("191.5,24.5", "no such position"),
        ("nan,24.5", "two numbers"),
        ("inf, -inf", "two numbers"),
        ("9" * 150 + ",1", "no such position"),
        ("60.1,24.9,17", "two numbers"),
        ("60.1 N, 24.9 N", "one of E or W"),
        ("-60.1 S, 24.9 E", "not both"),
        ("60°75'N 24°E", "below 60"),
        ("60.1°30'N 24.9°E", "only the last"),
        ("60.1 с.ш., 24.9 ю.ш.", "one of E or W"),
        ("60.1°", "cannot be read"),
        ("60.1° north, 24.9° east", "cannot be read"),
        ("60°10'N Kamppi", "cannot be read"),
        ("N 60.1 24.9", "cannot be read"),
        ("N60.1 E24.9 17", "only the last"),
        ("N60.1 E24.9 17 5 3", "cannot be read"),
        ("60.1 N / 24.9 E", "cannot be read"),
        ("1e1,2e1", "cannot be read"),
        ("geo:here", "geo:"),
        ("geo:60.1,24.9;crs=foo", "coordinate system"),
        ("geo:0,0?q=Oodi", "name"),
        ("https://www.openstreetmap.org/node/123", "no coordinate"),
        ("https://www.openstreetmap.org/directions?route=60.1,24.9;60.2,24.8#map=12/60.1/24.9", "several ends"),
        ("https://www.google.com/maps/dir/60.1,24.9/60.2,24.8/@60.1,24.9,15z", "several ends"),
        ("https://maps.google.com/?saddr=a&daddr=b", "several ends"),
        ("https://maps.app.goo.gl/AbCdEf", "network"),
        ("https://goo.gl/maps/AbCdEf", "network"),
        ("https://www.google.com/maps/place/12,5+km", "no coordinate"),
        ("https://yandex.ru/maps/-/CDabcde", "network"),
        ("https://yandex.ru/maps/?rtext=60.1,24.9~60.2,24.8", "several ends"),
        ("https://yandex.ru/maps/?ll=24.9,91.5", "no such position"),
        ("https://go.2gis.com/abcde", "network"),
        ("https://2gis.ru/moscow/directions/points/24.9,60.1", "several ends"),
        ("https://2gis.ru/moscow/firm/7001/55", "no coordinate"),
        ("https://maps.apple.com/?daddr=60.1,24.9", "several ends"),
        ("https://maps.apple/p/abc", "network"),
        ("https://example.org/?ll=60.1,24.9", "only links of"),
        ("https://[", "cannot be read"),
        ("https://osm.org/" + "a" * 9000, "too long"),
    ],
)
def test_parse_point_when_impossible_then_a_line_without_the_numbers(text: str, hint: str) -> None:
    with pytest.raises(PlaceError, match=hint) as caught:
        parse_point(text)
    message = str(caught.value)
    assert "\n" not in message
    assert not any(number in message for number in ("60.1", "24.9", "24.5", "91.5"))


@given(
    st.one_of(
        st.text(),
        st.text("0123456789.,;+-°'\" NSEWnseсюшвзд"),
        st.text("/?&=#@!%.,0123456789adegmolp").map(lambda tail: f"https://www.google.com/maps{tail}"),
        st.text("/?&=#[]%.,0123456789").map(lambda tail: f"https://{tail}"),
        st.text("0123456789.,;?=q%()").map(lambda tail: f"geo:{tail}"),
    )
)
def test_parse_point_when_any_text_then_a_point_on_earth_none_or_place_error(text: str) -> None:
    try:
        point = parse_point(text)
    except PlaceError:
        return
    assert point is None or (abs(point.lat) <= 90 and abs(point.lon) <= 180)


@given(LATS, LONS, st.booleans())
def test_parse_point_when_written_in_each_form_then_read_back(lat: float, lon: float, escape: bool) -> None:  # noqa: FBT001 - given
    comma = quote(",") if escape else ","
    lat_first, lon_first = f"{lat:.4f}{comma}{lon:.4f}", f"{lon:.4f}{comma}{lat:.4f}"
    forms = (
        f"{lat:.4f},{lon:.4f}",
        f"{lat:.4f} {lon:.4f}".replace(".", ","),
        f"{abs(lat):.4f}° {'S' if lat < 0 else 'N'}, {abs(lon):.4f}° {'W' if lon < 0 else 'E'}",
        f"geo:{lat:.4f},{lon:.4f};u=35",
        f"https://osm.org/#map=17/{lat:.4f}/{lon:.4f}",
        f"https://osm.org/?mlat={lat:.4f}&mlon={lon:.4f}#map=17/1/2",
        f"https://www.google.com/maps/@{lat_first},17z",
        f"https://www.google.com/maps/place/X/@1,2,17z/data=!3d{lat:.4f}!4d{lon:.4f}",
        f"https://maps.google.com/?q={lat_first}",
        f"https://yandex.ru/maps/?ll=1,2&pt={lon_first}",
        f"https://2gis.ru/moscow/geo/123/{lon_first}?m=1,2/3",
        f"https://maps.apple.com/?ll={lat_first}",
    )
    for form in forms:
        assert parse_point(form) == pytest.approx(LonLat(lon, lat), abs=1e-9), form


@pytest.mark.parametrize(
    ("south", "west", "text"),
    [(True, False, "33°30' ю.ш., 18°15' в.д."), (False, True, "33.5 с.ш. 18.25 з.д."), (True, True, "W18.25 S33.5")],
)
def test_parse_point_when_in_another_hemisphere_then_negative(south: bool, west: bool, text: str) -> None:  # noqa: FBT001 - given
    assert parse_point(text) == LonLat(-18.25 if west else 18.25, -33.5 if south else 33.5)


def test_looks_swapped_when_only_the_exchange_lies_inside_then_true() -> None:
    box = BBox(24.9, 60.1, 25.0, 60.2)
    assert looks_swapped(LonLat(60.17, 24.94), box)
    assert not looks_swapped(HERE, box)
    assert not looks_swapped(LonLat(1.0, 2.0), box)
