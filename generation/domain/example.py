"""What comes with the product: the example posts, constitutions, prompts, decoding and the small model."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from generation.backends.base import Decoding
from generation.constitution import Constitution, parse_constitution
from generation.constitution import content_hash as constitution_hash
from generation.domain.constitution import store_constitution, store_prompt_set
from generation.domain.human_response import HumanResponseDraft
from generation.domain.post import PostDraft
from generation.models import ConstitutionSet, ModelSpec, PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.prompt_set import content_hash as prompt_hash
from generation.prompt_set import parse_prompt_set

FOLDER = Path(__file__).resolve().parent.parent / "example"
SMALL_MODEL = "SmolLM2-135M-Instruct"


@dataclass(frozen=True)
class ExampleRun:
    """The figures of decoding.yaml: what was measured to work with the small model."""

    decoding: Decoding
    dimensions: tuple[str, ...]
    seed: int


def example_posts() -> list[PostDraft]:
    lines = (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    posts = [json.loads(line) for line in lines if line]
    return [
        PostDraft(key=post["id"], text=post["text"], area=post["area"], content_note=post["content_note"])
        for post in posts
    ]


def example_human_responses() -> list[HumanResponseDraft]:
    """Return texts made up for the example, by source: each has one for every post. No person wrote them."""
    lines = (FOLDER / "human_responses.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [(number, json.loads(line)) for number, line in enumerate(lines, start=1)]
    return [
        HumanResponseDraft(
            line=number, post=text["post"], method=text["source"], dimension="", text=text["text"]
        )
        for number, text in texts
    ]


@cache
def example_run() -> ExampleRun:
    figures = yaml.safe_load((FOLDER / "decoding.yaml").read_text(encoding="utf-8"))
    dimensions, seed = tuple(figures.pop("dimensions")), figures.pop("seed")
    return ExampleRun(decoding=Decoding.from_dict(figures), dimensions=dimensions, seed=seed)


@cache
def example_constitution() -> Constitution:
    return parse_constitution((FOLDER / "constitution.yaml").read_text(encoding="utf-8"))


@cache
def example_prompts() -> PromptWording:
    return parse_prompt_set((FOLDER / "prompt_set.yaml").read_text(encoding="utf-8"))


def store_example_constitution() -> ConstitutionSet:
    return store_constitution(example_constitution())


def store_example_prompts() -> PromptSet:
    return store_prompt_set(example_prompts())


def stored_example_constitution() -> ConstitutionSet | None:
    """Return the example's set; None where nobody has stored it."""
    example = example_constitution()
    return ConstitutionSet.objects.filter(name=example.name, content_hash=constitution_hash(example)).first()


def stored_example_prompts() -> PromptSet | None:
    """Return the example's prompt set; None where nobody has stored it."""
    example = example_prompts()
    return PromptSet.objects.filter(name=example.name, content_hash=prompt_hash(example)).first()


def store_small_model() -> ModelSpec:
    """Return the small model's row; its converted copy lies in DATA_DIR/models under the same name."""
    spec, _ = ModelSpec.objects.get_or_create(
        name=SMALL_MODEL, defaults={"backend": "transformers", "model": SMALL_MODEL}
    )
    return spec
