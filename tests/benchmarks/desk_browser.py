"""What a real Chromium meets at the desk: bytes over the wire, and when the page can be used.

Times are of a window that is open and at rest, as a rater's is, with an empty cache: a window's own start is
not the page's, and takes the processor from it. `bare_page_ms` is the health page in the same window: what
any page costs on this machine. Playwright's watching is in all of them.
"""

import statistics
from collections import defaultdict
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.chromium import ARGUMENTS, chromium_path

VISITS = 7
NEXT_ITEMS = 7
REST_MS = 1500
# Modules are run before DOMContentLoaded ends; keys are of no use before there is something to see.
INTERACTIVE = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return paint && page.loadEventEnd && {
        interactive_ms: Math.max(page.domContentLoadedEventEnd, paint.startTime),
        redirect_ms: page.redirectEnd - page.redirectStart,
        first_byte_ms: page.responseStart,
    };
}"""
# From the click to the frame after the item was put in its place.
WATCH_NEXT = """() => {
    const { title } = document;
    let clickedAt;
    addEventListener("click", (event) => (clickedAt = event.timeStamp), { capture: true, once: true });
    window.nextItemShown = new Promise((resolve) => {
        new MutationObserver((changes, observer) => {
            if (document.title === title) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clickedAt)));
        }).observe(document.head, { subtree: true, childList: true, characterData: true });
    });
}"""


def browser_figures(url: str, session: str) -> dict[str, float]:
    """Visit the desk with an empty cache a few times, then rate a few items. Times are medians."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        visits = [_visit(_window(browser, url, session), url) for _ in range(VISITS)]
        page = _window(browser, url, session).new_page()
        wire = _bytes_by_request(page)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        first_visit = sum(wire.values())
        following = [_rate_one(page, wire) for _ in range(NEXT_ITEMS)]
        browser.close()
    return {name: statistics.median(visit[name] for visit in visits) for name in visits[0]} | {
        "first_visit_kib": first_visit / 1024,
        "next_item_kib": max(kib for kib, _ in following),
        "next_item_shown_ms": statistics.median(ms for _, ms in following),
    }


def _window(browser: Browser, url: str, session: str) -> BrowserContext:
    """Return the one window of an empty profile in which a rater is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return context


def _visit(context: BrowserContext, url: str) -> dict[str, float]:
    page = context.new_page()
    page.goto(urljoin(url, "/health/"))
    page.wait_for_timeout(REST_MS)
    bare = _times(page, urljoin(url, "/health/"))
    desk = _times(page, url)
    # What counts as interactive is: a key does something.
    page.keyboard.press("i")
    page.wait_for_selector("#instructions:popover-open", timeout=REST_MS)
    context.close()
    return desk | {"bare_page_ms": bare["interactive_ms"]}


def _times(page: Page, url: str) -> dict[str, float]:
    page.goto(url)
    times: dict[str, float] = page.wait_for_function(INTERACTIVE).json_value()
    return times


def _bytes_by_request(page: Page) -> dict[str, float]:
    """Return the bytes that come in, by request; they grow as the page is used."""
    wire: defaultdict[str, float] = defaultdict(float)
    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", lambda event: wire.__setitem__(event["requestId"], 0))
    network.on(
        "Network.loadingFinished",
        lambda event: wire.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    network.send("Network.enable")
    return wire


def _rate_one(page: Page, wire: dict[str, float]) -> tuple[float, float]:
    """Rate the item that is shown; return what came in with the next one, in KiB, and the time to show it."""
    for criterion in page.locator("[data-criterion]").all():
        criterion.locator("input[type=radio]").first.check(force=True)
    for rationale in page.locator("textarea[data-rationale]:visible").all():
        rationale.fill("It names what the poster can change.")
    page.wait_for_timeout(1500)
    before = sum(wire.values())
    page.evaluate(WATCH_NEXT)
    page.locator("[data-submit]").click()
    shown_ms = page.evaluate("() => window.nextItemShown")
    page.wait_for_load_state("networkidle")
    return (sum(wire.values()) - before) / 1024, shown_ms
