"""Import a release, all in one transaction: a broken file or a broken machine leaves nothing."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from annotation.domain.imported_release.judge_replies import judged_scales
from annotation.domain.imported_release.rated_text import RatedText, ReleaseCondition
from annotation.domain.imported_release.ratings import scale_points
from annotation.domain.imported_release.study import (
    find_imported_study,
    finish_import,
    make_imported_study,
    store_conditions,
)
from annotation.domain.membership import add_manager
from annotation.importers.resort_release.evaluation import RatedTexts, check_dimensions, store_evaluation
from annotation.importers.resort_release.files import (
    TOP_COMMENT,
    ReleaseFiles,
    find_files,
    note_missing,
)
from annotation.importers.resort_release.human_evaluation import read_human_evaluation
from annotation.importers.resort_release.posts import ReleasePosts
from annotation.importers.resort_release.replies import ReplyReader
from annotation.importers.resort_release.report import (
    MODEL_TEXTS,
    PEOPLE_TEXTS,
    POSTS,
    PROMPTS,
    STUDIES,
    ImportReport,
)
from annotation.importers.resort_release.sets import read_sets
from annotation.importers.resort_release.texts import TextReader, design_of
from annotation.models import Study, User
from generation.domain.imported_model import store_imported_model
from generation.domain.imported_post import ImportedPosts
from generation.domain.imported_response import ImportedTexts

NAME = "RESORT, the authors' release"

# Told of each file before it is read.
OnFile = Callable[[Path], None]


def import_release(
    folder: Path, slug: str, *, is_dry_run: bool, on_file: OnFile, manager: User | None = None
) -> ImportReport:
    """Make or complete the study from the folder's files; a dry run takes all of it back.

    manager: who manages it from then on. Raises ReleaseError for a file that is not as expected, StudyError
    for a study that takes no import and for a manager who cannot be one.
    """
    report = ImportReport()
    files = find_files(folder, report)
    with transaction.atomic():
        reading = _Import(files, report, slug, on_file)
        if manager:
            add_manager(reading.study, manager)
        reading.run()
        if is_dry_run:
            transaction.set_rollback(True)
    return report


def files_of(folder: Path) -> list[Path]:
    """Return the files that an import of the folder reads line by line. Raises ReleaseError."""
    return find_files(folder, ImportReport()).all


class _Import:
    """One import: study, posts, texts, ratings and judges' replies, each resting on those before."""

    def __init__(self, files: ReleaseFiles, report: ImportReport, slug: str, on_file: OnFile) -> None:
        self.files, self.report, self.on_file = files, report, on_file
        self.study = self._study(slug)
        self.design = design_of(self.study.constitution_set)

    def _study(self, slug: str) -> Study:
        study = find_imported_study(slug)
        constitution_set, prompt_set = read_sets(self.files.folder, study, self.report)
        self.report.new[STUDIES] += study is None
        self.report.there[STUDIES] += study is not None
        if study is not None:
            return study
        return make_imported_study(slug, name=NAME, constitution_set=constitution_set, prompt_set=prompt_set)

    def run(self) -> None:
        rated = self._read_evaluation()
        check_dimensions(rated, self.design)
        models = self._store_models(rated)
        posts = self._read_posts(rated)
        texts = ImportedTexts(self.study.posts)
        self.report.there[MODEL_TEXTS] = texts.count(of_people=False)
        self.report.there[PEOPLE_TEXTS] = texts.count(of_people=True)
        self._read_texts(texts, posts, rated, models)
        self._read_replies(texts, posts, models)
        note_missing(self.files, models, self.report)
        if self.report.has_changed:
            finish_import(self.study, detail=self._detail())

    def _read_evaluation(self) -> list[RatedText]:
        if self.files.human is None:
            return []
        self.on_file(self.files.human)
        points = {key: sorted(values) for key, values in scale_points(self.study).items()}
        name = self.files.name(self.files.human)
        return list(read_human_evaluation(self.files.human, name, self.report, points=points))

    def _store_models(self, rated: list[RatedText]) -> dict[str, int]:
        """Return the primary keys of all models that the release names, by name."""
        names = {file.model for file in self.files.outputs} | {file.model for file in self.files.judges}
        names |= {text.condition.model for text in rated}
        return {name: store_imported_model(name).pk for name in sorted(names - {""})}

    def _read_posts(self, rated: list[RatedText]) -> ReleasePosts:
        stored = ImportedPosts(self.study.posts)
        self.report.there[POSTS] = len(stored)
        first_texts = {text.post: text.post_text for text in reversed(rated)}
        in_order = {text.post: first_texts[text.post] for text in rated}
        posts = ReleasePosts(stored, self.files, self.report, rated=in_order)
        for path in self.files.posts:
            self.on_file(path)
        posts.read_source()
        return posts

    def _read_texts(
        self, texts: ImportedTexts, posts: ReleasePosts, rated: list[RatedText], models: dict[str, int]
    ) -> None:
        """Take models' texts before the rated ones, which are among them; people's after."""
        reader = TextReader(self.files, self.design, texts, self.report, posts.of_row)
        for file in self.files.outputs:
            self.on_file(file.path)
            reader.read_outputs(file, models[file.model])
        texts.flush()
        placing = RatedTexts(self.design, texts, self.report, posts, models)
        responses = placing.take(rated)
        if self.files.oracle:
            self.on_file(self.files.oracle)
            reader.read_oracle()
        for judged in self.files.judges:
            if judged.source_name == TOP_COMMENT:
                reader.read_top_comments(judged, posts.has_post)
        texts.flush()
        self.report.new[POSTS] = posts.n_new
        self.report.new[PROMPTS] += texts.n_completed
        conditions = store_conditions(self.study, self._conditions(texts, rated, models))
        if rated:
            store_evaluation(self.study, rated, responses, conditions, self.report)

    def _conditions(
        self, texts: ImportedTexts, rated: list[RatedText], models: dict[str, int]
    ) -> set[ReleaseCondition]:
        names = {pk: name for name, pk in models.items()}
        conditions = {text.condition for text in rated}
        for place in texts.places():
            if place.source_name:
                conditions.add(ReleaseCondition(source_name=place.source_name))
            elif place.model_spec in names:
                conditions.add(ReleaseCondition(names[place.model_spec], place.strategy))
        return conditions

    def _read_replies(self, texts: ImportedTexts, posts: ReleasePosts, models: dict[str, int]) -> None:
        reader = ReplyReader(
            self.files,
            self.design,
            texts,
            self.report,
            self.study,
            judged_scales(self.study),
            posts.find,
        )
        for file in self.files.judges:
            self.on_file(file.path)
            reader.read(file, models.get(file.model))

    def _detail(self) -> str:
        counts = ", ".join(f"{kind.lower()} {n:,}" for kind, n in self.report.new.items() if n)
        return f"folder {self.files.folder.resolve().name}; new: {counts}"
