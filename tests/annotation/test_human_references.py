"""Texts by people are rated beside the models, and stand in every table and file as a source of their own."""

import io

import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse

from annotation.exports import find_format, write_export
from annotation.exports.score_table import scores_document
from annotation.queries.score import scores_for_study
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Two posts, each with a model's text and a person's; both raters give the person's the better mark."""
    cast = make_study(posts=2, strategies=("INDV vanilla",), human_sources=("top_reddit_comment",))
    for rater in cast.raters:
        for seat in cast.assignments(rater):
            rate(seat, alignment="9" if seat.item.condition.source == "human" else "4")
    return cast


def test_scores_have_a_row_for_the_human_source(cast: Cast) -> None:
    document = scores_document(scores_for_study(cast.study), None)

    rows = [
        (*(row[key] for key in ("source", "model", "pipeline", "method", "n_items", "n_ratings")),
         row["scores"]["alignment"]["mean"])
        for row in document["conditions"]
    ]  # fmt: skip
    assert rows == [
        ("model", "SmolLM2-135M-Instruct", "INDV", "vanilla", 2, 4, 4.0),
        ("human", "", "", "top_reddit_comment", 2, 4, 9.0),
    ]


def test_scores_page_names_the_human_source_in_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.researcher)

    page = client.get(reverse("study_scores", args=[cast.study.slug])).content.decode()

    assert "Most-voted reply" in page


def test_long_file_has_the_ratings_of_both_sources(cast: Cast) -> None:
    stream = io.BytesIO()
    write_export(find_format("csv-long"), study=cast.study, stream=stream)

    frame = pd.read_csv(io.BytesIO(stream.getvalue()), keep_default_na=False)

    alignment = frame[frame["criterion"] == "alignment"]
    found = alignment.groupby(["source", "model", "pipeline", "method"])["score"].agg(["count", "mean"])
    assert {condition: tuple(row) for condition, row in zip(found.index, found.to_numpy(), strict=True)} == {
        ("human", "", "", "top_reddit_comment"): (4, 9),
        ("model", "SmolLM2-135M-Instruct", "INDV", "vanilla"): (4, 4),
    }
