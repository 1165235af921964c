"""Import the judges' replies of a release alone, or only read and count them."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.imported_release.judge_replies import judged_scales
from annotation.domain.imported_release.study import find_imported_study
from annotation.domain.study_texts import default_scales
from annotation.enums import EventKind
from annotation.importers.resort_release.files import ReleaseFiles, find_judge_files
from annotation.importers.resort_release.importing import OnFile
from annotation.importers.resort_release.judge_rows import read_judge_rows
from annotation.importers.resort_release.replies import ReplyReader
from annotation.importers.resort_release.report import JOINED, REPLIES, ImportReport
from annotation.importers.resort_release.texts import design_of
from annotation.judging.scale import scale_of
from annotation.models import Study
from generation.domain.imported_model import store_imported_model
from generation.domain.imported_post import ImportedPosts
from generation.domain.imported_response import ImportedTexts

# Told of each row once it is read.
OnRow = Callable[[], object]


def judge_files_of(folder: Path) -> list[Path]:
    """Return the files that an import of the folder reads line by line. Raises ReleaseError."""
    return find_judge_files(folder, ImportReport()).all


def count_judge_release(folder: Path, *, on_file: OnFile, on_row: OnRow) -> ImportReport:
    """Read every reply on the method's scales and count what it is read as. No query. Raises ReleaseError."""
    report = ImportReport(on_row=on_row)
    files, scales = find_judge_files(folder, report), default_scales()
    for file in files.judges:
        on_file(file.path)
        scale = scale_of(scales[file.criterion])
        for _ in read_judge_rows(file, files.name(file.path), report, scale=scale, numbers=()):
            pass
    return report


def import_judge_release(
    folder: Path, slug: str, *, is_dry_run: bool, on_file: OnFile, on_row: OnRow
) -> ImportReport:
    """Add the replies to a study that was imported; a dry run takes all of it back.

    Raises ReleaseError for a file that is not as expected, StudyError for a study that takes no import.
    """
    report = ImportReport(on_row=on_row)
    files = find_judge_files(folder, report)
    with transaction.atomic():
        study = find_imported_study(slug)
        if study is None:
            raise StudyError(f"There is no study '{slug}'. Make it with import_resort_release first.")
        _read_all(files, study, report, on_file)
        if report.has_changed:
            new = f"{report.new[REPLIES]:,} new, {report.new[JOINED]:,} joined to their texts"
            record_event(study, EventKind.JUDGE_IMPORTED, by=None, detail=new)
        if is_dry_run:
            transaction.set_rollback(True)
    return report


def _read_all(files: ReleaseFiles, study: Study, report: ImportReport, on_file: OnFile) -> None:
    reader = ReplyReader(
        files,
        design_of(study.constitution_set),
        ImportedTexts(study.posts),
        report,
        study,
        judged_scales(study),
        ImportedPosts(study.posts).find,
    )
    models = {
        name: store_imported_model(name).pk for name in sorted({file.model for file in files.judges} - {""})
    }
    for file in files.judges:
        on_file(file.path)
        reader.read(file, models.get(file.model))
