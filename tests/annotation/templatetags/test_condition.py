import pytest

from annotation.queries.score import ConditionScores
from annotation.templatetags.condition import condition_explanation, condition_title
from generation.strategies import STRATEGIES


def condition(source: str, pipeline: str, method: str) -> ConditionScores:
    return ConditionScores(1, source, "a model", pipeline, method, "label", 0, 0, {})


@pytest.mark.parametrize("key", STRATEGIES)
def test_every_strategy_has_words_of_its_own(key: str) -> None:
    pipeline, method = key.split(" ", 1)

    assert condition_title(condition("model", pipeline, method)) not in ("", key)
    assert condition_explanation(condition("model", pipeline, method)) != ""


@pytest.mark.parametrize(
    ("method", "title"),
    [
        ("oracle_response", "Written by an expert"),
        ("top_reddit_comment", "Most-voted reply"),
        ("peer_letter", "peer_letter"),
    ],
)
def test_human_source_has_words_or_its_name(method: str, title: str) -> None:
    assert condition_title(condition("human", "", method)) == title
    assert condition_explanation(condition("human", "", method)) != ""
