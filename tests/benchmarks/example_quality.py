"""How good are the texts of the example study? Run: .venv/bin/python tests/benchmarks/example_quality.py

Runs the study's three conditions over the example posts with the small model, in the waves in which workers
would, and prints per condition how many rated texts pass, their problems, lengths, time and sample texts.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from generation.backends.base import Completion, Decoding, Message, ModelRef, Outcome  # noqa: E402
from generation.backends.transformers_local import load  # noqa: E402
from generation.constitution import Constitution, parse_constitution  # noqa: E402
from generation.model_store import ensure_small_model, find_packaged_gguf  # noqa: E402
from generation.prompt_set import PromptSet, parse_prompt_set  # noqa: E402
from generation.strategies import (  # noqa: E402
    STRATEGIES,
    Strategy,
    chain_dimensions,
    current_text,
    next_messages,
    plan_calls,
)
from generation.validation import find_problems  # noqa: E402

EXAMPLE = REPOSITORY / "generation" / "example"
CONDITIONS = ("INDV vanilla", "INDV +cons", "ITER +cons")

# Not fit to be shown as help, though a rater could rate it; counted here, not in the product's validation.
_STYLE = {
    "letter": re.compile(
        r"^\W*(dear|hi|hello|hey|auntie|aunt)\b|\bsincerely\b|\b(best|warm) regards\b", re.I | re.M
    ),
    "retells or edits": re.compile(
        r"\b(classic|great|good) example\b|\b(the|this) (story|narrative)\b|protagonist|rewritten|revised"
        r"|here's an? (bit of a story|\w+ version|example)|\bthe (poster|person who posted)\b",
        re.I,
    ),
    "as the poster": re.compile(
        r"^\W*(i'm|i am|i've|i have|my)\b(?! (so |really |very )?(sorry|glad|here))", re.I
    ),
    "as an assistant": re.compile(r"\b(as an ai|language model|i cannot|i can't help)\b", re.I),
    "list": re.compile(r"^\s*(\d+[.)]|[-*•])\s", re.M),
    "no 'you'": re.compile(r"\A(?!.*\byou)", re.I | re.S),
}


@dataclass
class Chain:
    strategy: Strategy
    post_id: str
    post: str
    dimensions: tuple[str, ...]
    answers: list[str]
    last: Outcome | None = None
    prompt: tuple[Message, ...] = ()
    revised: str = ""

    @property
    def open(self) -> bool:
        return len(self.answers) < len(plan_calls(self.strategy, self.dimensions))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, help="only the first N posts")
    parser.add_argument("--samples", type=int, default=3, help="texts to print for each condition")
    parser.add_argument("--seed", type=int, help="instead of the one in decoding.yaml")
    parser.add_argument("--dimensions", nargs="+", help="instead of those in decoding.yaml")
    parser.add_argument("--prompts", type=Path, default=EXAMPLE / "prompt_set.yaml")
    parser.add_argument("--constitution", type=Path, default=EXAMPLE / "constitution.yaml")
    parser.add_argument("--decoding", type=Path, default=EXAMPLE / "decoding.yaml")
    parser.add_argument("--token-budget", type=int)
    parser.add_argument("--max-rows", type=int)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--gguf", type=Path, help="instead of the one in the installed package")
    parser.add_argument("--models-dir", type=Path, default=REPOSITORY / "var" / "models")
    parser.add_argument("--json", type=Path, help="also write every text here")
    return parser.parse_args()


def style_faults(text: str) -> list[str]:
    return [name for name, pattern in _STYLE.items() if pattern.search(text)]


def run_wave(chains: list[Chain], outcomes: list[Outcome]) -> None:
    for chain, outcome in zip(chains, outcomes, strict=True):
        calls = plan_calls(chain.strategy, chain.dimensions)
        chain.revised = current_text(calls, chain.answers)
        chain.last = outcome
        # A failed call ends its chain, as it does in the product; the rest counts as not passed.
        remaining = len(calls) - len(chain.answers)
        chain.answers += [outcome.text] if isinstance(outcome, Completion) else [""] * remaining


def messages_for(chain: Chain, constitution: Constitution, prompts: PromptSet) -> tuple[Message, ...]:
    messages = next_messages(
        chain.strategy,
        post=chain.post,
        constitution=constitution,
        prompts=prompts,
        dimensions=chain.dimensions,
        answers=chain.answers,
    )
    assert messages is not None
    return messages


def problems_of(chain: Chain) -> list[str]:
    if not isinstance(chain.last, Completion):
        return [f"failed: {chain.last.kind}" if chain.last else "failed"]
    found = find_problems(
        chain.last.text,
        finish_reason=chain.last.finish_reason,
        prompt=chain.prompt,
        post=chain.post,
        revised=chain.revised,
    )
    return [problem.value for problem in found]


def report(key: str, chains: list[Chain], samples: int) -> dict[str, object]:
    problems = {id(chain): problems_of(chain) for chain in chains}
    faults = {id(chain): style_faults(chain.answers[-1]) for chain in chains}
    words = [len(chain.answers[-1].split()) for chain in chains]
    passed = [chain for chain in chains if not problems[id(chain)]]
    clean = [chain for chain in passed if not faults[id(chain)]]
    print(f"\n== {key}: {len(chains)} rated texts")
    print(f"   pass validation       {len(passed)}  ({len(passed) / len(chains):.0%})")
    print(f"   pass, no style fault  {len(clean)}  ({len(clean) / len(chains):.0%})")
    print(f"   problems {dict(Counter(name for names in problems.values() for name in names))}")
    print(f"   style    {dict(Counter(name for names in faults.values() for name in names))}")
    print(f"   words    mean {sum(words) / len(words):.0f}, {min(words)} to {max(words)}")
    endings = Counter(str(chain.last.finish_reason) for chain in chains if isinstance(chain.last, Completion))
    print(f"   ended by {dict(endings)}")
    step = max(1, len(chains) // samples) if samples else len(chains) + 1
    for chain in chains[::step][:samples]:
        notes = problems[id(chain)] + faults[id(chain)]
        print(f"\n   [{chain.post_id} {' '.join(chain.dimensions)}] {notes or ''}\n   {chain.answers[-1]}")
    return {"condition": key, "texts": len(chains), "passed": len(passed), "clean": len(clean)}


def main() -> None:
    arguments = read_arguments()
    settings = yaml.safe_load(arguments.decoding.read_text())
    dimensions = arguments.dimensions or settings.pop("dimensions")
    settings.pop("dimensions", None)
    seed = settings.pop("seed") if arguments.seed is None else (settings.pop("seed"), arguments.seed)[1]
    decoding = Decoding.from_dict(settings)
    constitution = parse_constitution(arguments.constitution.read_text())
    prompts = parse_prompt_set(arguments.prompts.read_text())
    posts = [json.loads(line) for line in (EXAMPLE / "posts.jsonl").read_text().splitlines()][
        : arguments.posts
    ]
    folder = ensure_small_model(arguments.models_dir, arguments.gguf or find_packaged_gguf(), print)
    started = time.monotonic()
    backend = load(ModelRef("transformers", str(folder), dtype=arguments.dtype))
    backend.token_budget = arguments.token_budget or backend.token_budget
    backend.max_rows = arguments.max_rows or backend.max_rows

    chains = [
        Chain(STRATEGIES[key], post["id"], post["text"], chain, [])
        for key in CONDITIONS
        for chain in chain_dimensions(STRATEGIES[key], dimensions)
        for post in posts
    ]
    started, calls, tokens_in, tokens_out = time.monotonic(), 0, 0, 0
    while waiting := [chain for chain in chains if chain.open]:
        for chain in waiting:
            chain.prompt = messages_for(chain, constitution, prompts)
        outcomes = backend.generate(
            [chain.prompt for chain in waiting], decoding=decoding, seed=seed, should_stop=lambda: False
        )
        calls += len(waiting)
        written = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
        tokens_in += sum(outcome.tokens_in for outcome in written)
        tokens_out += sum(outcome.tokens_out for outcome in written)
        run_wave(waiting, outcomes)
    seconds = time.monotonic() - started
    print(f"{calls} calls in {seconds:.0f} s; {tokens_in} tokens in, {tokens_out} out", end="")
    print(f" ({tokens_out / seconds:.0f} tokens written a second)")
    for key in CONDITIONS:
        report(key, [chain for chain in chains if chain.strategy.key == key], arguments.samples)
    rated = [chain for chain in chains if not problems_of(chain)]
    clean = [chain for chain in rated if not style_faults(chain.answers[-1])]
    print(f"\nall: {len(rated)} of {len(chains)} pass ({len(rated) / len(chains):.0%})", end="")
    print(f", {len(clean)} without style fault ({len(clean) / len(chains):.0%})")
    if arguments.json:
        texts = [
            {
                "condition": chain.strategy.key,
                "post": chain.post_id,
                "dimensions": chain.dimensions,
                "answers": chain.answers,
                "problems": problems_of(chain),
                "style": style_faults(chain.answers[-1]),
            }
            for chain in chains
        ]
        arguments.json.write_text(json.dumps(texts, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
