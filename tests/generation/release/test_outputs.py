import json
from pathlib import Path

from generation.release.outputs import OutputFile, Row, UnreadableRow, find_output_files, read_rows
from generation.release.posts import read_source_posts
from generation.strategies import STRATEGIES


def write(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_are_found_under_the_released_and_the_pipelines_own_names(tmp_path: Path) -> None:
    folder = tmp_path / "model_outputs"
    refined = write(folder / "ITER" / "+appr_+cons" / "gpt.jsonl")
    own = write(folder / "iterative_guided_refinement" / "self-refine" / "r_anger" / "gpt.jsonl")
    vanilla = write(folder / "individual_guided_reappraisal" / "vanilla" / "Mistral-7B.v0.1.jsonl")
    strange = [
        write(folder / "INDV" / "self-refine" / "gpt.jsonl"),
        write(folder / "INDV" / "+more" / "gpt.jsonl"),
        write(folder / "oracle_responses.jsonl"),
    ]
    write(folder / "INDV" / "vanilla" / "notes.txt")

    found, others = find_output_files(tmp_path)

    assert found == [
        OutputFile(vanilla, STRATEGIES["INDV vanilla"], "Mistral-7B.v0.1"),
        OutputFile(own, STRATEGIES["ITER self-refine"], "gpt"),
        OutputFile(refined, STRATEGIES["ITER +appr +cons"], "gpt"),
    ]
    assert others == sorted(strange)


def test_release_without_outputs_has_none(tmp_path: Path) -> None:
    assert find_output_files(tmp_path) == ([], [])


def test_rows_carry_their_lines_and_broken_ones_a_reason_without_their_words(tmp_path: Path) -> None:
    good = {"Reddit Post": "P", "reappraisal_output": None, "Model": 3}
    lines = [
        b"\xef\xbb\xbf" + json.dumps(good).encode(),
        b"",
        b'{"Reddit Post": "secret',
        b"[]",
        b'{"Reddit Post": null}',
        b'{"Reddit Post": "P", "reappraisal_question": 3}',
        b'{"Reddit Post": "\xff"}',
        b"[" * 100_000,
        b"version https://git-lfs.github.com/spec/v1",
    ]

    rows = list(read_rows(write(tmp_path / "rows.jsonl", b"\n".join(lines))))

    assert rows == [
        Row(1, good),
        UnreadableRow(3, "expected a JSON object; it cannot be read from character 24 on."),
        UnreadableRow(4, "expected a JSON object in braces."),
        UnreadableRow(5, "expected the post's text in 'Reddit Post'."),
        UnreadableRow(6, "expected text or null in 'reappraisal_question'."),
        UnreadableRow(7, "expected UTF-8."),
        UnreadableRow(8, "expected a JSON object, found a number or a nesting too large to read."),
        UnreadableRow(9, "expected a JSON object; it cannot be read from character 1 on."),
    ]


def test_source_posts_are_kept_by_id_and_broken_lines_by_file(tmp_path: Path) -> None:
    first = write(
        tmp_path / "source_data" / "r_a.jsonl", b'{"Reddit ID": "a1", "Reddit Post": "One \\n"}\nbroken\n'
    )
    write(tmp_path / "source_data" / "r_b.jsonl", b'{"Reddit ID": "b1", "Reddit Post": "Two"}\n')

    posts = read_source_posts(tmp_path)

    assert posts.texts == {"a1": "One \n", "b1": "Two"}
    assert {path: [row.line for row in rows] for path, rows in posts.unreadable.items()} == {first: [2]}
