"""The example study and its people, as the demo shows them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from annotation.domain.generation import start_generation
from annotation.domain.judge_prompt_set import (
    short_judge_wording,
    store_example_judge_prompts,
    store_judge_prompt_set,
)
from annotation.domain.judge_run import run_of, start_judge_run
from annotation.domain.simulated_example import load_simulated_study
from annotation.domain.study import change_design, create_study, open_study
from annotation.domain.study_texts import default_texts
from annotation.enums import RatedUnder, Role
from annotation.models import JudgeRun, Membership, Study, User
from generation.backends.base import Decoding
from generation.domain.example import (
    example_posts,
    example_run,
    store_example_constitution,
    store_small_model,
)
from generation.domain.run import set_priority

EXAMPLE_STRATEGIES = ("INDV vanilla", "INDV +cons", "ITER +cons")
RATERS_PER_ITEM = 2
# Few enough to be through soon after the example's texts, which come first.
JUDGED_POSTS = 4
JUDGE_TOKENS = 24
JUDGE_PRIORITY = -10


@dataclass(frozen=True)
class Account:
    """A person of the example study, with the password to sign in with."""

    role: Role
    name: str
    email: str
    password: str


def example_accounts(passwords: Mapping[str, str]) -> list[Account]:
    """Return the example's four people; a password that is not given is made up."""
    people = (
        (Role.MANAGER, "Maya Manager", "manager@example.org"),
        (Role.RESEARCHER, "Rosa Researcher", "researcher@example.org"),
        (Role.RATER, "Ada Rater", "rater1@example.org"),
        (Role.RATER, "Ben Rater", "rater2@example.org"),
    )
    return [
        Account(role, name, email, passwords.get(email) or secrets.token_urlsafe(9))
        for role, name, email in people
    ]


@transaction.atomic
def load_example_study(accounts: Sequence[Account]) -> Study:
    """Make the example study, open, with its texts queued, and its people; what is there already stays."""
    users = {account.email: _example_user(account) for account in accounts}
    manager = next(users[account.email] for account in accounts if account.role == Role.MANAGER)
    name = default_texts().name
    known = Study.objects.filter(created_by=manager, name=name).order_by("id").first()
    if known is not None:
        return known
    figures = example_run()
    constitution_set = store_example_constitution()
    study = create_study(
        name=name,
        posts=example_posts(),
        constitution_set=constitution_set,
        created_by=manager,
        seed=figures.seed,
    )
    model_spec = store_small_model()
    change_design(
        study,
        dimensions=list(constitution_set.dimensions.filter(key__in=figures.dimensions)),
        conditions=[(model_spec, strategy) for strategy in EXAMPLE_STRATEGIES],
        raters_per_item=RATERS_PER_ITEM,
        rated_under=RatedUnder.DRAW,
        by=manager,
    )
    raters = [account for account in accounts if account.role == Role.RATER]
    for account in accounts:
        if account.role == Role.MANAGER:
            continue
        code = f"R{raters.index(account) + 1:02d}" if account.role == Role.RATER else ""
        Membership.objects.create(study=study, user=users[account.email], role=account.role, code=code)
    start_generation(study, by=manager)
    open_study(study, by=manager)
    study.refresh_from_db()
    return study


@transaction.atomic
def load_simulated_example(accounts: Sequence[Account]) -> Study:
    """Make the study with simulated ratings, for the example's manager and researcher only."""
    people = {account.role: account for account in accounts}
    return load_simulated_study(
        manager=_example_user(people[Role.MANAGER]), researcher=_example_user(people[Role.RESEARCHER])
    )


@transaction.atomic
def start_example_judge(study: Study) -> JudgeRun | None:
    """Have the small model score the texts on a few posts, after all that is to be written; once.

    Of the study with simulated ratings, whose texts are there from the beginning. None where it has a judge.
    """
    if study.judge_runs.exists():
        return None
    posts = study.posts.posts.order_by("position")[:JUDGED_POSTS]
    store_example_judge_prompts()
    judge_run = start_judge_run(
        study,
        model_spec=store_small_model(),
        prompt_set=store_judge_prompt_set(short_judge_wording()),
        criteria=list(study.criteria.order_by("position")),
        decoding=Decoding(max_new_tokens=JUDGE_TOKENS, temperature=0),
        items=list(study.items.filter(post__in=posts.values("pk")).values_list("pk", flat=True)),
        by=study.created_by,
    )
    set_priority(run_of(judge_run), JUDGE_PRIORITY)
    return judge_run


@transaction.atomic
def renew_passwords(accounts: Sequence[Account]) -> None:
    """Set these people's passwords to those of their accounts."""
    for account in accounts:
        user = User.objects.get(email=account.email)
        if not user.check_password(account.password):
            user.set_password(account.password)
            user.save(update_fields=["password"])


def _example_user(account: Account) -> User:
    known = User.objects.filter(email=account.email).first()
    if known is not None:
        return known
    is_manager = account.role == Role.MANAGER
    return User.objects.create_user(
        account.email,
        account.password,
        name=account.name,
        is_staff=is_manager,
        is_superuser=is_manager,
    )
