"""What several tests of hazards and of the prior share."""

from __future__ import annotations

import pytest
from prior_places import Place, place_of

from routing.workspace import demo_extract


@pytest.fixture(scope="session")
def helsinki() -> Place:
    """The demo area, as far as the prior needs it."""
    return place_of(demo_extract())
