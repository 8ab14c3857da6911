from __future__ import annotations

import routing


def test_package_when_its_names_are_asked_for_then_all_are_there() -> None:
    assert sorted(routing.__all__) == sorted(routing._HOME)
    assert all(getattr(routing, name) is not None for name in routing.__all__)
