"""A constitution and a prompt set whose every text says what it is, for tests of what is asked when."""

from generation.constitution import Constitution, DimensionText
from generation.prompt_set import PromptSet

KEYS = ("blame", "steps", "attention", "calm", "control", "values")

CONSTITUTION = Constitution(
    name="Test constitution",
    dimensions=tuple(
        DimensionText(
            number=number,
            key=key,
            name=key.title(),
            aim=f"Aim of {key}.",
            appraisal_question=f"<question of {key}>",
            guidance=f"<guidance of {key}>",
            standards=(f"is good at {key}", "is kind"),
        )
        for number, key in enumerate(KEYS, start=1)
    ),
)

PROMPTS = PromptSet(
    name="Test prompts",
    system="SYSTEM",
    first_message="OPEN {post} | {question}",
    reappraise="REAPPRAISE",
    reappraise_guided="REAPPRAISE {guidance}",
    appraise="APPRAISE {appraisal_question}",
    reappraise_after_appraisal="THEN REAPPRAISE",
    reappraise_guided_after_appraisal="THEN REAPPRAISE {guidance}",
    revise="REVISE {post} | {response}",
    revise_guided="REVISE {post} | {response} | {guidance}",
    revise_by_appraisal="REVISE {post} | {response} | appraised {appraisal}",
)
