"""Judges of a study whose replies a pen writes instead of a model."""

from collections.abc import Callable, Sequence

from annotation.domain.judge_prompt_set import store_example_judge_prompts
from annotation.domain.judge_reply import collect_replies
from annotation.domain.judge_run import run_of, start_judge_run
from annotation.models import JudgeReply, JudgeRun
from generation.backends.base import Decoding
from generation.domain.example import store_small_model
from generation.models import Chain, Step
from tests.factories import Cast, write_all

SAMPLED = Decoding(max_new_tokens=60, temperature=0.7)
SCORES = {"alignment": "8", "empathy": "4", "harmfulness": "Not harmful", "factuality": "Yes"}


def start_judge(
    cast: Cast, *, criteria: Sequence[str] = tuple(SCORES), repeats: int = 1, decoding: Decoding = SAMPLED
) -> JudgeRun:
    return start_judge_run(
        cast.study,
        model_spec=store_small_model(),
        prompt_set=store_example_judge_prompts(),
        criteria=list(cast.study.criteria.filter(key__in=criteria)),
        decoding=decoding,
        repeats=repeats,
        by=cast.manager,
    )


def tagged_score(chain: Chain, step: Step) -> str:
    """Reply as a good judge does: the same for every text."""
    return f"<score>[{SCORES[step.wording]}]</score><rationale>[Because of {step.wording}.]</rationale>"


def answer_judge(judge_run: JudgeRun, reply: Callable[[Chain, Step], str] = tagged_score) -> None:
    """Answer all of the judge's calls through the real queue, and read the replies."""
    write_all(run_of(judge_run), text_for=reply)
    collect_replies(judge_run)


def make_judged(cast: Cast, reply: str = "Let me think about that.") -> JudgeReply:
    """Have a study's texts judged on empathy with this reply each; return the first."""
    judge_run = start_judge(cast, criteria=["empathy"])
    answer_judge(judge_run, lambda chain, step: reply)
    return JudgeReply.objects.filter(judge_run=judge_run).earliest("id")
