"""x"""
from __future__ import annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
@dataclass(frozen=True, slots=True)
class Track:
    lonlat: NDArray[np.float64]
    seconds: NDArray[np.float64] | None
    breaks: NDArray[np.int64]
