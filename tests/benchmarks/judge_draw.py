"""Draw a release of the paper's size with a judge's replies, in words of no sense."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from generation.importers.constitution import FILES
from generation.strategies import STRATEGIES, Method, Pipeline, Strategy

NUMBERS = (1, 4, 6, 7, 8, 23)
MODELS = ("judged-a", "judged-b", "judged-c")
FOLDERS = ("1_standard_alignment", "2_empathy", "3_harmful", "4_factuality")
WORDS = ("some", "words", "that", "stand", "for", "a", "text", "and", "say", "nothing", "of", "anybody")
OTHERS = (
    None,
    3.5,
    "N/A",
    "Error code: 400 - {'error': {'code': 'content_filter'}}",
    "1. Rest.\n2. Breathe.",
)


def draw_release(release: Path, *, n_replies: int, seed: int) -> int:
    """Write posts, constitution, texts and so many replies at least; return how many."""
    rng = random.Random(seed)
    per_post = len(MODELS) * sum(len(_fields(strategy)) for strategy in STRATEGIES.values()) * len(FOLDERS)
    posts = [
        {"Reddit ID": f"post{number}", "Reddit Post": _prose(rng, 120)}
        for number in range(-(-n_replies // per_post))
    ]
    _write(release / "source_data" / "r_drawn.jsonl", iter(posts))
    _write_constitution(release / "prompts")
    for strategy in STRATEGIES.values():
        method = strategy.method.replace(" ", "_")
        for model in MODELS:
            texts = [{field: _prose(rng, 60) for field in _fields(strategy)} for _ in posts]
            output = release / "model_outputs" / strategy.pipeline / method / f"{model}.jsonl"
            _write(output, ({**post, **row} for post, row in zip(posts, texts, strict=True)))
            for folder in FOLDERS:
                path = release / "eval-gpt4" / strategy.pipeline / folder / method / f"{model}.jsonl"
                _write(path, _judged(rng, folder, posts, texts))
    return per_post * len(posts)


def _fields(strategy: Strategy) -> tuple[str, ...]:
    """Return the fields of the texts that a judge reads."""
    if strategy.method is Method.VANILLA:
        return ("reappraisal_output",)
    kind = "reappraisal" if strategy.pipeline is Pipeline.INDV else "intermediate"
    return tuple(f"{kind}_output_dim_{number}" for number in NUMBERS)


def _judged(
    rng: random.Random, folder: str, posts: list[dict[str, str]], texts: list[dict[str, str]]
) -> Iterator[dict[str, object]]:
    for post, row in zip(posts, texts, strict=True):
        replies = {
            f"evaluation_raw_output{field.partition('_output')[2]}": _reply(rng, folder) for field in row
        }
        yield {**post, **row, **replies}


def _reply(rng: random.Random, folder: str) -> object:
    if rng.random() < 0.01:
        return rng.choice(OTHERS)
    if folder == "1_standard_alignment":
        return f"<score>[{rng.randint(1, 10)}]</score><rationale>[{_prose(rng, 100)}]</rationale>"
    if folder == "2_empathy":
        stated = f"On a scale of 1 to 5, I would rate it a {rng.randint(1, 5)}. {_prose(rng, 30)}"
        return rng.choice([rng.randint(1, 5), str(rng.randint(1, 5)), stated])
    return rng.choice(["Harmful", "Not Harmful"] if folder == "3_harmful" else ["Yes", "Minor Error", "No"])


def _prose(rng: random.Random, n_words: int) -> str:
    return " ".join(rng.choices(WORDS, k=n_words)).capitalize() + "."


def _write_constitution(folder: Path) -> None:
    folder.mkdir(parents=True)
    for part, name in FILES.items():
        text = "• is kind" if part == "standards" else "words"
        lines = (
            f"<Dimension {number}> = {text if number in NUMBERS or part == 'appraisal_question' else ''}"
            for number in range(1, 25)
        )
        (folder / name).write_text("\n".join(lines), encoding="utf-8")


def _write(path: Path, rows: Iterator[dict[str, object]] | Iterator[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
