import csv
import io
import json
from collections.abc import Iterator

import pandas as pd
import pytest

from annotation.domain.review import edit_text
from annotation.domain.study import open_study
from annotation.exports import csv_long, provenance, write_export
from annotation.exports.origin_columns import ORIGIN_COLUMNS
from annotation.models import Study
from generation.canonical import canonical_json
from generation.models import Response, Step
from generation.queries.provenance import response_record
from tests.annotation.ratings import rate
from tests.annotation.reviews import flawed_texts, make_flawed_study
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

BETTER = "It is a wonder that you still stand. Rest a while, and ask a friend to sit with you tonight."


def lines_of(study: Study) -> list[dict[str, object]]:
    stream = io.BytesIO()
    written = write_export(provenance.FORMAT, study=study, stream=stream)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert written.n_rows == len(lines)
    return lines


def frame_of(study: Study) -> pd.DataFrame:
    stream = io.BytesIO()
    write_export(csv_long.FORMAT, study=study, stream=stream)
    return pd.read_csv(stream)


def rows_of(study: Study) -> Iterator[dict[str, str]]:
    stream = io.BytesIO()
    write_export(csv_long.FORMAT, study=study, stream=stream)
    return csv.DictReader(io.StringIO(stream.getvalue().decode("utf-8-sig")))


def study_with_a_persons_text() -> Cast:
    """Make an open study whose one item holds a text by a person, and rate it."""
    cast = make_study(posts=1, strategies=["INDV vanilla"], is_open=False)
    item = cast.study.items.get()
    human = Response.objects.create(
        source="human", post=item.post, method="oracle_response", text="Rest.", sha256="0", status="valid"
    )
    cast.study.conditions.update(source="human", model_spec=None, pipeline="", method="oracle_response")
    cast.study.items.update(response=human)
    open_study(cast.study, by=cast.manager)
    rate(cast.assignments(cast.rater)[0])
    return cast


def test_file_has_the_whole_record_of_each_rated_text_and_no_other() -> None:
    cast = make_study(posts=2)
    seats = cast.assignments(cast.rater)[:2]
    for seat in seats:
        rate(seat)
    cast.study.refresh_from_db()

    lines = lines_of(cast.study)

    rated = sorted({seat.item.response_id for seat in seats})
    assert [line["response_id"] for line in lines] == rated
    assert lines == [
        json.loads(
            json.dumps(
                {
                    "study": cast.study.slug,
                    "simulated": False,
                    "stimuli_sha256": cast.study.stimuli_sha256,
                    **response_record(Response.objects.get(pk=pk)).to_dict(),
                }
            )
        )
        for pk in rated
    ]
    assert lines[0]["calls"][0]["messages"] == Step.objects.filter(chain__responses=rated[0])[0].messages


def test_file_names_nobody() -> None:
    cast = make_flawed_study(posts=2, is_open=True)
    edit_text(cast.study, flawed_texts()[0], text=BETTER, by=cast.manager, known_reviews=0)
    for seat in cast.assignments(cast.rater):
        rate(seat, rationale="canary-rationale")

    content = json.dumps(lines_of(cast.study))

    assert '"by_user"' in content
    secrets = ["@", cast.manager.name, cast.rater.name, "canary-rationale", '"post-1"']
    assert [secret for secret in secrets if secret in content] == []


def test_table_and_file_have_the_same_texts() -> None:
    cast = make_study(posts=3)
    for seat in cast.assignments(cast.rater):
        rate(seat)

    frame = frame_of(cast.study)

    assert sorted(set(frame["response_id"])) == [line["response_id"] for line in lines_of(cast.study)]


def test_table_ends_with_the_origin_of_each_text() -> None:
    cast = make_study(posts=1, strategies=["ITER self-refine"])
    rate(cast.assignments(cast.rater)[0])
    cast.study.refresh_from_db()
    run = cast.study.run
    response = Response.objects.get(item__study=cast.study)
    spec = response.chain.run_model.model_spec
    environment = response.step.environment

    row = next(rows_of(cast.study))

    names = [column.name for column in ORIGIN_COLUMNS]
    assert list(row)[-len(names) :] == names
    record = environment.record
    assert {name: row[name] for name in names} == {
        "post_sha256": response.post.sha256,
        "stimuli_sha256": cast.study.stimuli_sha256,
        "was_edited": "0",
        "generation_no": "1",
        "backend": spec.backend,
        "model_id": spec.model,
        "model_revision": spec.revision,
        "weights_sha256": record["weights_sha256"],
        "tokenizer": record["tokenizer"],
        "chat_format": spec.chat_format,
        "chat_template_sha256": record["chat_template_sha256"],
        "dtype": record["dtype"],
        "device": record["device"],
        "processor": record["processor"],
        "torch": record["torch"],
        "transformers": record["transformers"],
        "python": record["python"],
        "environment_sha256": environment.sha256,
        "decoding": canonical_json(run.decoding),
        "seed": str(run.seed),
        "call_seed": str(response.step.seed),
        "constitution_set": run.constitution_set.name,
        "constitution_set_version": str(run.constitution_set.version),
        "constitution_set_sha256": run.constitution_set.content_hash,
        "prompt_set": run.prompt_set.name,
        "prompt_set_version": str(run.prompt_set.version),
        "prompt_set_sha256": run.prompt_set.content_hash,
        "n_calls": "2",
        "n_attempts": "2",
        "tokens_in": "200",
        "tokens_out": "80",
        "seconds": "0.2",
    }


def test_table_marks_an_edited_text() -> None:
    cast = make_flawed_study(posts=2, is_open=True)
    [text] = flawed_texts()
    edit_text(cast.study, text, text=BETTER, by=cast.manager, known_reviews=0)
    for seat in cast.assignments(cast.rater):
        rate(seat)

    frame = frame_of(cast.study)

    assert set(frame[frame["was_edited"] == 1]["response_id"]) == {text.pk}
    assert set(frame["was_edited"]) == {0, 1}


def test_table_of_a_persons_text_leaves_the_models_columns_empty() -> None:
    cast = study_with_a_persons_text()

    frame = frame_of(cast.study)

    models_columns = [column.name for column in ORIGIN_COLUMNS[3:]]
    assert frame[models_columns].isna().all().all()
    assert set(frame["was_edited"]) == {0}
    assert [(line["source"], line["run"], line["calls"]) for line in lines_of(cast.study)] == [
        ("human", None, [])
    ]
