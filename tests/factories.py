"""A fixed cast in a real study: its texts are written through the queue, by a pen instead of a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotation.domain.item import attach_responses
from annotation.domain.study import change_design, create_study, open_study, start_generation
from annotation.enums import RatedUnder, Role
from annotation.models import Assignment, Consent, ConsentText, Membership, Study, User
from generation.backends.base import Completion, FinishReason, LocalEnvironment
from generation.domain.example import store_example_constitution, store_small_model
from generation.domain.post import PostDraft
from generation.domain.queue import claim_batch
from generation.domain.response import record_completion, store_environment
from generation.domain.worker import messages_of
from generation.models import Chain, GenerationRun, Step

PASSWORD = "correct horse battery staple"
STRATEGIES = ("INDV vanilla", "INDV +cons", "ITER +cons")
ENVIRONMENT = LocalEnvironment(
    backend="pen",
    model="pen",
    revision="",
    weights_sha256="0" * 64,
    tokenizer="none",
    chat_template_sha256="0" * 64,
    system_turn="own",
    device="hand",
    dtype="ink",
    threads=1,
    torch="",
    transformers="",
    tokenizers="",
    python="",
)


@dataclass(frozen=True)
class Cast:
    """One study and everybody around it. The rated texts differ from each other and pass validation."""

    study: Study
    manager: User
    researcher: User
    raters: tuple[User, ...]
    outsider: User

    @property
    def rater(self) -> User:
        return self.raters[0]

    def membership(self, user: User) -> Membership:
        return Membership.objects.get(study=self.study, user=user)

    def assignments(self, user: User) -> list[Assignment]:
        """Return the rater's seats in her order."""
        return list(Assignment.objects.filter(rater=self.membership(user)).order_by("position"))


def make_user(name: str = "someone", **fields: object) -> User:
    """Make a user who signs in as <name>@example.org with PASSWORD."""
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), **fields)


def make_drafts(count: int) -> list[PostDraft]:
    return [
        PostDraft(
            key=f"post-{number}",
            text=f"Post number {number}. Since the move I lie awake every night. What can I do?",
            area="anxiety",
        )
        for number in range(1, count + 1)
    ]


def make_study(
    *,
    posts: int = 3,
    raters: int = 2,
    raters_per_item: int = 2,
    strategies: Sequence[str] = STRATEGIES,
    rated_under: RatedUnder = RatedUnder.DRAW,
    is_generated: bool = True,
    is_open: bool = True,
    has_consent: bool = True,
    prefix: str = "",
) -> Cast:
    """Make a study: designed, its texts written, opened, consented to, unless told otherwise.

    With `prefix`, a second cast beside a first one: its users' names begin with it.
    """
    manager = make_user(f"{prefix}manager")
    constitution_set = store_example_constitution()
    study = create_study(
        name=f"{prefix}Study",
        posts=make_drafts(posts),
        constitution_set=constitution_set,
        created_by=manager,
        seed=7,
    )
    change_design(
        study,
        dimensions=list(constitution_set.dimensions.filter(number__in=[4, 7])),
        conditions=[(store_small_model(), strategy) for strategy in strategies],
        raters_per_item=raters_per_item,
        rated_under=rated_under,
        by=manager,
    )
    cast = Cast(
        study=study,
        manager=manager,
        researcher=_member(study, f"{prefix}researcher", Role.RESEARCHER),
        raters=tuple(
            _member(study, f"{prefix}rater{number}", Role.RATER, code=f"R{number:02d}")
            for number in range(1, raters + 1)
        ),
        outsider=make_user(f"{prefix}outsider"),
    )
    if has_consent:
        consent_text = ConsentText.objects.get(study=study)
        for member in Membership.objects.filter(study=study, role=Role.RATER):
            Consent.objects.create(membership=member, consent_text=consent_text)
    if is_generated:
        run = start_generation(study, by=manager)
        write_all(run)
        attach_responses(study)
    if is_open and is_generated:
        open_study(study, by=manager)
    study.refresh_from_db()
    return cast


def _member(study: Study, name: str, role: Role, code: str = "") -> User:
    user = make_user(name)
    Membership.objects.create(study=study, user=user, role=role, code=code)
    return user


def helpful_text(chain: Chain, step: Step) -> str:
    """Return a text of its own for each call, fit to be rated."""
    return (
        f"You carry a great deal at present, and it makes sense that it weighs on you. Letter {chain.pk} "
        f"of draft {step.index} suggests that you start with the smallest part of it tomorrow morning."
    )


def write_all(
    run: GenerationRun,
    *,
    text_for: Callable[[Chain, Step], str] = helpful_text,
    finish_reason: FinishReason = FinishReason.SENTENCE,
) -> None:
    """Answer every call of a started run, through the real queue."""
    environment = store_environment(ENVIRONMENT)
    while lease := claim_batch(worker="pen", limit=100):
        for step in Step.objects.filter(pk__in=lease.step_ids).select_related(
            "chain__post", "chain__dimension"
        ):
            completion = Completion(
                text=text_for(step.chain, step),
                finish_reason=finish_reason,
                tokens_in=100,
                tokens_out=40,
                seconds=0.1,
            )
            record_completion(
                lease,
                step,
                messages=messages_of(step),
                completion=completion,
                environment=environment,
                seed=1,
            )
