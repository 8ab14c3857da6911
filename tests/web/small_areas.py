"""Two small areas cut from the demo's extract, where no camera is mapped; one gets cameras of the tests' own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from routing.model import BBox

if TYPE_CHECKING:
    from pathlib import Path

BOX: Final = BBox(24.9352, 60.1744, 24.9396, 60.1780)
START: Final = (24.93553, 60.17442)
END: Final = (24.9377, 60.17796)
THREE: Final = (24.93901, 60.1747), (24.93632, 60.17762)  # between these, three walks by the shape of the city
BOTH_WAYS: Final = (24.9375, 60.1760)
DOME: Final = (24.9385, 60.1764)
INDOORS: Final = (24.9366, 60.1765)
_CAMERAS: Final = {
    BOTH_WAYS: {
        "id": "osm/node/1", "camera:type": "fixed", "camera:direction": "90;270", "status": "unverified",
        "evidence": "seen", "last_seen": "2021-05", "confirmations": 2, "fr": "yes",
    },
    DOME: {"id": "osm/node/2", "camera:type": "dome", "evidence": "osm", "last_seen": "2009-03"},
    INDOORS: {"id": "osm/node/3", "camera:type": "panning", "indoor": "yes", "evidence": "osm", "status": "disputed"},
}  # fmt: skip


def write_cameras(file: Path) -> Path:
    """Write the second area's cameras."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": {"man_made": "surveillance", "source": "osm", **tags},
        }
        for place, tags in _CAMERAS.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file
