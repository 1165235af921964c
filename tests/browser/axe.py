"""What axe-core has against a page."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


def complaints(page: Page) -> list[str]:
    """Return what axe-core has against the page as it is shown now."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run()")
    assert len(found["passes"]) > 10
    return [
        f"{page.url} {rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]
    ]
