"""What a rater's browser has to fetch, compressed as the site sends it."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from generation.models import Post, Response
from tests.factories import WORDS, Cast, make_study

pytestmark = pytest.mark.django_db

KIB = 1024
# 250 words, and no two sentences alike.
TEXT = " ".join(f"{WORDS[number % len(WORDS)]}{number}" for number in range(250))


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    Post.objects.update(text=TEXT)
    Response.objects.update(text=TEXT[::-1])
    return cast


def form(page: str) -> dict[str, str]:
    submission = re.search(r'name="submission" value="([^"]+)"', page)
    assert submission
    return {
        "submission": submission[1],
        "base": "0",
        "score_alignment": "8",
        "rationale_alignment": "Names two small steps.",
        "score_empathy": "4",
        "score_harmfulness": "1",
        "score_factuality": "1",
    }


def static_file(url: str) -> Path:
    path = finders.find(url.removeprefix("/static/"))
    assert path, url
    return Path(path)


def modules_from(entry: Path) -> set[Path]:
    """Return a module and all that it imports, directly or through others."""
    found, waiting = set(), [entry.resolve()]
    while waiting:
        module = waiting.pop()
        found.add(module)
        imports = re.findall(r'from "(\./[^"]+)"', module.read_text())
        waiting += [
            path for path in ((module.parent / name).resolve() for name in imports) if path not in found
        ]
    return found


def assets_of(page: str) -> list[Path]:
    styles_and_icon = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page)
    scripts = re.findall(r'<script type="module" src="([^"]+)"', page)
    assert styles_and_icon and scripts
    modules = set().union(*(modules_from(static_file(url)) for url in scripts))
    return [*map(static_file, styles_and_icon), *modules]


def test_first_visit_is_at_most_80_kib(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)

    response = client.get(f"/rate/{cast.study.slug}/1/", headers={"Accept-Encoding": "gzip"})

    page = gzip.decompress(response.content).decode()
    assert "<script src" not in page
    weight = len(response.content) + sum(len(gzip.compress(path.read_bytes())) for path in assets_of(page))
    assert weight <= 80 * KIB


def test_next_item_is_at_most_12_kib(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)
    page = client.get(f"/rate/{cast.study.slug}/1/").content.decode()

    response = client.post(
        f"/rate/{cast.study.slug}/1/", form(page), headers={"X-Desk": "1", "Accept-Encoding": "gzip"}
    )

    assert response["X-Desk-Url"] == f"/rate/{cast.study.slug}/2/"
    assert TEXT in gzip.decompress(response.content).decode()
    assert len(response.content) <= 12 * KIB


def test_page_names_every_module_so_that_they_come_at_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)
    page = client.get(f"/rate/{cast.study.slug}/1/").content.decode()

    named = re.findall(r'<(?:link rel="modulepreload" href|script type="module" src)="([^"]+)"', page)

    assert {static_file(url).resolve() for url in named} == {
        path for path in assets_of(page) if path.suffix == ".js"
    }
