"""A file of the area that comes changed, and a page that was told its size: what is shorter or longer is not taken."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser_support import Screen
    from playwright.sync_api import Route


def altered(screen: Screen, name: str, change: Callable[[Any], Any]) -> None:
    """Have a JSON file come as another from now on, once the page is opened anew."""
    made: list[str] = []

    def page(route: Route) -> None:
        reply = route.fetch()
        text = reply.text()
        told = re.search(rf'"{name}": ?(\{{[^}}]*\}})', text)
        assert told is not None
        file = json.loads(told[1])
        content = route.fetch(url=f"{screen.watch.origin}{file['url']}").json()
        made[:] = [json.dumps(change(content))]
        other = json.dumps({name: file | {"bytes": len(made[0])}})[1:-1]
        route.fulfill(response=reply, body=text.replace(told[0], other))

    screen.page.route(f"{screen.watch.origin}{screen.prefix}/{screen.lang}/", page)
    screen.page.route(f"**/files/{name}.*", lambda route: route.fulfill(body=made[0], content_type="application/json"))
