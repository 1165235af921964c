"""Turn the rated texts of a release into items with their ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.domain.imported_release.items import PlacedText, store_items
from annotation.domain.imported_release.rated_text import RatedText, ReleaseCondition
from annotation.domain.imported_release.raters import store_raters
from annotation.domain.imported_release.ratings import (
    ChangedAnnotationError,
    RatedItem,
    scale_points,
    store_ratings,
)
from annotation.importers.resort_release.files import TOP_COMMENT
from annotation.importers.resort_release.human_evaluation import NUMBER, POST, POST_KEY, TEXT
from annotation.importers.resort_release.layout import rated_step
from annotation.importers.resort_release.posts import ReleasePosts
from annotation.importers.resort_release.report import (
    ITEMS,
    MODEL_TEXTS,
    PEOPLE_TEXTS,
    RATINGS,
    ImportReport,
    Notice,
    ReleaseError,
)
from annotation.importers.resort_release.texts import ReleaseDesign
from annotation.models import Condition, Study
from generation.backends.base import FinishReason
from generation.backends.replay import is_recorded_refusal
from generation.domain.imported_response import (
    ImportedText,
    ImportedTexts,
    KnownText,
    TextOrigin,
    TextPlace,
    keep_as_rated,
)
from generation.models import Dimension, Post
from generation.strategies import STRATEGIES
from generation.validation import Problem, find_problems


@dataclass
class RatedTexts:
    """Puts rated texts among those that are known. models: primary keys by name."""

    design: ReleaseDesign
    texts: ImportedTexts
    report: ImportReport
    posts: ReleasePosts
    models: Mapping[str, int]

    def take(self, rated: Sequence[RatedText]) -> list[int]:
        """Return the response of each rated text, stored now where it came in nowhere else.

        The rated words are kept, sign by sign; a text of the same place in other words stays beside it.
        """
        known = [self._take(text) for text in rated]
        self.texts.flush()
        keep_as_rated({text.response for text in known})
        return [text.response for text in known]

    def _take(self, rated: RatedText) -> KnownText:
        place, is_final = self._place(rated)
        kind = PEOPLE_TEXTS if place.source_name else MODEL_TEXTS
        problems = () if place.source_name else _problems(rated)
        self._note(rated, is_final=is_final)
        known = self.texts.find_exactly(place, rated.text)
        if known is not None:
            return known
        if self.texts.has_text_at(place) and not place.source_name:
            self.report.note(Notice.RATED_ELSEWHERE, rated.file, rated.row)
        origin = TextOrigin(rated.file, rated.row, TEXT)
        self.report.new[kind] += 1
        self.report.problems.update(problem.value for problem in problems)
        return self.texts.add(ImportedText(place, rated.text, origin, is_final=is_final, problems=problems))

    def _place(self, rated: RatedText) -> tuple[TextPlace, bool]:
        condition, post = rated.condition, self.posts.of_rated(rated.post)
        if condition.source_name:
            own = None if condition.source_name == TOP_COMMENT else rated.dimension_number
            return TextPlace(post, self.design.dimensions[own] if own else None, condition.source_name), True
        step = rated_step(STRATEGIES[condition.strategy], self.design.numbers, rated.dimension_number)
        if step is None:
            raise _unknown_dimension(rated)
        dimension = None if step.number is None else self.design.dimensions[step.number]
        model = self.models[condition.model]
        return TextPlace(post, dimension, "", model, condition.strategy, step.step), step.is_final

    def _note(self, rated: RatedText, *, is_final: bool) -> None:
        problems = _problems(rated)
        if Problem.NO_ANSWER in problems:
            self.report.note(Notice.RATED_REFUSAL, rated.file, rated.row)
        elif Problem.LEAKED_MARKUP in problems:
            self.report.note(Notice.RATED_MARKUP, rated.file, rated.row)
        if not is_final:
            self.report.note(Notice.RATED_EARLIER, rated.file, rated.row)


def _problems(rated: RatedText) -> tuple[Problem, ...]:
    if is_recorded_refusal(rated.text):
        return (Problem.NO_ANSWER,)
    return find_problems(rated.text, finish_reason=FinishReason.STOP, prompt=(), post=rated.post_text)


def check_dimensions(rated: Sequence[RatedText], design: ReleaseDesign) -> None:
    """Raise ReleaseError at the first text that was rated under a dimension without a constitution."""
    for text in rated:
        if text.dimension_number not in design.dimensions:
            raise _unknown_dimension(text)


def _unknown_dimension(rated: RatedText) -> ReleaseError:
    expected = f"expected a dimension that the constitution has in '{NUMBER}'."
    return ReleaseError(rated.file, rated.row, expected)


def store_evaluation(
    study: Study,
    rated: Sequence[RatedText],
    responses: Sequence[int],
    conditions: Mapping[ReleaseCondition, Condition],
    report: ImportReport,
) -> None:
    """Make the items and ratings that are not there yet. Raises ReleaseError for a changed annotation."""
    dimensions = {dimension.number: dimension for dimension in study.dimensions.all()}
    posts = {post.key: post for post in study.posts.posts.filter(key__in={text.post for text in rated})}
    placed = [
        _placed(text, posts[text.post], conditions[text.condition], dimensions, response)
        for text, response in zip(rated, responses, strict=True)
    ]
    stored = store_items(study, placed)
    for row in stored.second_texts:
        report.note(Notice.SECOND_TEXT, rated[0].file, row)
    members = store_raters(study, {rating.annotator for text in rated for rating in text.ratings})
    items = [RatedItem(record, text.ratings) for record, text in zip(stored.records, rated, strict=True)]
    try:
        n_new = store_ratings(study, items, members=members, points=scale_points(study))
    except ChangedAnnotationError as error:
        raise ReleaseError(error.file, error.row, f"expected what was imported before. {error}") from error
    n_ratings = sum(len(text.ratings) for text in rated)
    report.new[ITEMS] += stored.n_new
    report.there[ITEMS] += len(rated) - stored.n_new
    report.new[RATINGS] += n_new
    report.there[RATINGS] += n_ratings - n_new


def _placed(
    text: RatedText, post: Post, condition: Condition, dimensions: Mapping[int, Dimension], response: int
) -> PlacedText:
    """Keep of the row's fields what the study does not hold itself: of the post only other words."""
    fields: dict[str, Any] = {
        field: value
        for field, value in text.fields.items()
        if field not in (POST_KEY, NUMBER) and not (field == POST and value == post.text)
    }
    return PlacedText(
        replace(text, fields=fields), post.pk, condition, dimensions[text.dimension_number], response
    )
