"""A real Chromium against the test server. `.ci/run` installs it; without one these tests fail, not skip."""

import os
import threading
import time
from collections.abc import Generator, Iterator

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from annotation.models import User
from tests.chromium import ARGUMENTS, chromium_path
from tests.factories import PASSWORD

# Playwright's loop makes Django take every test for asynchronous code and refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Five seconds, the default, are few on a machine that does other work as well.
expect.set_options(timeout=20_000)
# Where the live server and a site in a process of its own answer.
HOSTS = ("localhost", "127.0.0.1")
# Colours follow the scheme and the order of things the width; each is met once.
VIEWS = [("light", 1280), ("dark", 1280), ("light", 390)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell failures as Python does: beside Playwright's loop 3.11 may fail to parse what pytest quotes."""
    style = item.config.option.tbstyle
    item.config.option.tbstyle = "native"
    try:
        return (yield)
    finally:
        item.config.option.tbstyle = style


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for this folder. Its loop ends with it: other tests need the thread to themselves."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=VIEWS, ids=str)
def shown(request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in light or dark, at a desk's width or a phone's."""
    scheme, width = request.param
    context = chromium.new_context(
        base_url=live_server.url, color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    yield context.new_page()
    context.close()


class Requests:
    """Counts the requests that the test server is answering, from `begin` on.

    Those of other tests do not count: of a download that nobody read to its end, no finish is told.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def begin(self) -> None:
        with self._lock:
            self._under_way = 0

    def _started(self, **_: object) -> None:
        with self._lock:
            self._under_way += 1

    def _finished(self, **_: object) -> None:
        with self._lock:
            self._under_way -= 1

    def wait_for_quiet(self, *, quiet_s: float = 0.2, at_most_s: float = 5) -> None:
        """Return once none has been under way for a moment."""
        ends = time.monotonic() + at_most_s
        quiet_since = time.monotonic()
        while time.monotonic() < ends and time.monotonic() - quiet_since < quiet_s:
            if self._under_way:
                quiet_since = time.monotonic()
            time.sleep(0.02)


REQUESTS = Requests()


@pytest.fixture(autouse=True)
def answered(transactional_db: None) -> Iterator[None]:
    """Let what a closing page still sends be answered before the database is emptied."""
    REQUESTS.begin()
    yield
    REQUESTS.wait_for_quiet()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh browser profile at 1280x720. A script error or a blocked resource fails the test."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    # A form that comes back with its errors says 422, which the browser reports as well.
    assert [text for text in complaints if "favicon" not in text and "status of 422" not in text] == []


def sign_in(page: Page, user: User) -> None:
    """Give the browser a session of the user's, and open the page that follows signing in."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    cookie = {"name": session.key, "value": session.value, "path": "/"}
    page.context.add_cookies([{**cookie, "domain": host} for host in HOSTS])
    page.goto("/")


def sign_in_by_form(page: Page, user: User) -> None:
    """Sign in as people do; the page after it is loaded on return."""
    page.goto("/accounts/login/")
    fill_sign_in(page, user)


def fill_sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
