"""Import a drawn release into the database of the settings.

`python -m tests.benchmarks.judge_site texts|count|know|import RELEASE` prints the figures as its last line.
"""

import json
import sys
import time
from io import StringIO
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from annotation.models import JudgeReply, Study  # noqa: E402
from generation.domain.imported_response import ImportedTexts  # noqa: E402
from tests.benchmarks.memory import peak_mib  # noqa: E402

SLUG = "benchmark"


def store_texts(release: Path) -> dict[str, float]:
    """Import all but the judge's replies."""
    call_command("migrate", verbosity=0)
    (release / "eval-gpt4").rename(release / "apart")
    call_command("import_resort_release", release, study=SLUG, stdout=StringIO())
    (release / "apart").rename(release / "eval-gpt4")
    return {}


def count(release: Path) -> dict[str, float]:
    began = time.perf_counter()
    call_command("import_judge_release", release, stdout=StringIO())
    return {"count_s": round(time.perf_counter() - began, 1), "count_peak_mib": round(peak_mib(), 1)}


def know_texts(release: Path) -> dict[str, float]:
    """Read what an import knows of the study's texts before it comes to the first reply."""
    texts = ImportedTexts(Study.objects.get(slug=SLUG).posts)
    return {"texts": texts.count(of_people=False), "texts_peak_mib": round(peak_mib(), 1)}


def import_replies(release: Path) -> dict[str, float]:
    began = time.perf_counter()
    call_command("import_judge_release", release, study=SLUG, stdout=StringIO())
    seconds = round(time.perf_counter() - began, 1)
    return {
        "replies": JudgeReply.objects.count(),
        "beside_their_texts": JudgeReply.objects.exclude(response=None).count(),
        "import_s": seconds,
        "import_peak_mib": round(peak_mib(), 1),
    }


STEPS = {"texts": store_texts, "count": count, "know": know_texts, "import": import_replies}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]))))
