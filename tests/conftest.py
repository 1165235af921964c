"""What every test gets, and the services that some start."""

import socket
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
from django.conf import settings
from django.core.cache import cache

from resort_site.celery import app
from tests.processes import SiteProcesses
from tests.redis_server import RedisServer

# How long an example takes says how busy the machine is.
BUSY = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
# One commit meets the same examples everywhere. `--hypothesis-profile=search` looks for others each time.
hypothesis.settings.register_profile("tests", derandomize=True, **BUSY)
hypothesis.settings.register_profile("search", **BUSY)
hypothesis.settings.load_profile("tests")

LOOPBACK = ("127.", "::1", "localhost")
# Whole files are handed out in this order, so that no long one is left to a single process at the end. The
# first process gets the flows, one after the other: side by side their models would wait for each other.
LONG_FILES = (
    "tests/flows/test_failing_services.py",
    "tests/browser/test_desk_keeping.py",
    "tests/browser/test_score_pages.py",
    "tests/browser/test_accessibility.py",
    "tests/flows/test_two_workers.py",
    "tests/flows/test_story.py",
    "tests/flows/test_killed_worker.py",
    "tests/flows/test_judge.py",
    "tests/browser/test_score_judges.py",
    "tests/browser/test_judges.py",
    "tests/browser/test_desk_keys.py",
    "tests/generation/backends/test_transformers_local.py",
    "tests/generation/backends/test_transformers_loading.py",
    "tests/generation/backends/test_openai_compatible_served.py",
    "tests/browser/test_welfare.py",
    "tests/browser/test_desk_layout.py",
    "tests/browser/test_desk_activity.py",
    "tests/browser/test_rating_story.py",
    "tests/resort_site/test_demo.py",
    "tests/annotation/test_append_only.py",
    "tests/generation/backends/test_running_batch.py",
    "tests/generation/domain/test_queue_machine.py",
    "tests/resort_site/test_supervision.py",
    "tests/generation/test_engine_without_django.py",
    "tests/generation/test_model_store.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, then those with many tests."""
    tests = Counter(item.path for item in items)
    long_files = {settings.BASE_DIR / name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: (long_files.get(item.path, len(long_files)), -tests[item.path]))


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Fail a test that would talk to another machine."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test wanted to connect to {address[0]}")
        connect(self, address)

    socket.socket.connect = connect_nearby
    yield
    socket.socket.connect = connect


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Let no test see another's counters, such as the limit of sign-ins per minute."""
    yield
    if settings.HAS_EMBEDDED_REDIS:
        cache.clear()
        return
    # clear() would flush the whole Redis database; the keys of this run are all that is ours.
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(f"{settings.KEY_PREFIX}:*", count=1000):
            client.delete(key)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that belongs to the tests, shared by those that do not harm it."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The Redis that doorbells of this test go to: REDIS_URL's, else one that the tests started."""
    if not settings.HAS_EMBEDDED_REDIS:
        yield settings.REDIS_URL
        return
    url = request.getfixturevalue("redis_server").url
    before = (app.conf.broker_url, app.conf.broker_transport_options)
    use_broker(url.replace("unix://", "redis+socket://"), {"global_keyprefix": f"{settings.KEY_PREFIX}:"})
    yield url
    use_broker(*before)
    with redis.Redis.from_url(url) as client:
        client.flushall()


def use_broker(url: str, options: dict[str, Any]) -> None:
    """Send this process's messages there from now on."""
    app.conf.broker_url = url
    app.conf.broker_transport_options = options
    app.set_default()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def site_processes(transactional_db: None, broker_url: str, tmp_path: Path) -> Iterator[SiteProcesses]:
    """Workers, scheduler and web as processes of their own; see tests.processes."""
    logs = tmp_path / f"logs-{uuid.uuid4().hex[:8]}"
    logs.mkdir()
    processes = SiteProcesses(broker_url, logs)
    yield processes
    processes.end()
