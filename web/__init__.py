"""The page and the API: a small Flask application that keeps no trace of who walks where.

``create_app(area, settings)`` makes it; ``sidestep serve`` runs it. What may leave the process is settled in
privacy.py, all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.app import create_app
    from web.settings import Settings

__all__ = ["Settings", "create_app"]


def __getattr__(name: str) -> object:
    # loaded when first used, so that building an area may ask for words or names without paying for Flask
    if name == "create_app":
        from web.app import create_app

        return create_app
    if name == "Settings":
        from web.settings import Settings

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
