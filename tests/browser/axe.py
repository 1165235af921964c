"""What axe-core has against a page."""

from collections.abc import Sequence
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, ViewportSize

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# The only rules that another colour scheme can break.
OF_COLOURS = ("color-contrast", "link-in-text-block")
PHONE = ViewportSize(width=390, height=844)


def complaints(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe-core has against the page as it is shown now, by these rules or by all."""
    # Colours that are on their way to others are nobody's to judge.
    page.evaluate("() => document.getAnimations().forEach(animation => animation.finish())")
    page.evaluate(AXE)
    options = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("options => axe.run(options)", options)
    assert len(found["passes"]) > (0 if rules else 10)
    return [
        f"{page.url} {rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]
    ]


def complaints_in_every_view(page: Page) -> list[str]:
    """Return what is wrong with the page in light, in dark and on a phone; it must not scroll sideways.

    It is loaded once: colours follow the scheme, and the order of things the width.
    """
    found = complaints(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {complaint}" for complaint in complaints(page, OF_COLOURS)]
    page.emulate_media(color_scheme="light")
    wide = page.viewport_size
    assert wide is not None
    found += _wider_than_the_window(page)
    page.set_viewport_size(PHONE)
    found += [f"phone: {complaint}" for complaint in [*complaints(page), *_wider_than_the_window(page)]]
    page.set_viewport_size(wide)
    return found


def _wider_than_the_window(page: Page) -> list[str]:
    across = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return [f"{page.url} scrolls sideways"] if page.evaluate(across) else []
