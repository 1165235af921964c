"""A small release of two dimensions with a file for each strategy, recorded as the authors' pipeline does."""

import json
from dataclasses import replace
from pathlib import Path

from generation.constitution import Constitution, DimensionText
from generation.importers.constitution import FILES
from generation.prompt_set import PromptSet
from generation.release.outputs import OutputFile
from generation.strategies import STRATEGIES
from generation.yaml_text import prompt_set_yaml
from tests.generation.prompts import PROMPTS

REFUSAL = "Error code: 400 - {'error': {'code': 'content_filter', 'status': 400}}"

CONSTITUTION = Constitution(
    "small",
    (
        DimensionText(1, "blame", "Blame", "aim", "qB", "gB", ("is kind",)),
        DimensionText(3, "steps", "Steps", "aim", "qS", "gS", ("is kind",)),
    ),
)
WORDING: PromptSet = replace(PROMPTS, name="Small")

# The fields beside the post, by the file's folder.
FIELDS: dict[str, dict[str, str | None]] = {
    "INDV/vanilla": {"reappraisal_question": "REAPPRAISE", "reappraisal_output": "T"},
    "INDV/+cons": {
        "reappraisal_question_dim_1": "REAPPRAISE gB",
        "reappraisal_output_dim_1": "T1",
        "reappraisal_question_dim_3": "REAPPRAISE gS",
        "reappraisal_output_dim_3": "T3",
    },
    "INDV/+appr": {
        "appraisal_question_dim_1": "APPRAISE qB",
        "appraisal_output_dim_1": "Q1",
        "reappraisal_question_dim_1": "THEN REAPPRAISE",
        "reappraisal_output_dim_1": "T1",
        "appraisal_question_dim_3": "APPRAISE qS",
        "appraisal_output_dim_3": "Q3",
        "reappraisal_question_dim_3": "THEN REAPPRAISE",
        "reappraisal_output_dim_3": "T3",
    },
    "INDV/+appr_+cons": {
        "appraisal_question_dim_1": "APPRAISE qB",
        "appraisal_output_dim_1": "Q1",
        "reappraisal_question_dim_1": "THEN REAPPRAISE gB",
        "reappraisal_output_dim_1": "T1",
        "appraisal_question_dim_3": "APPRAISE qS",
        "appraisal_output_dim_3": "Q3",
        "reappraisal_question_dim_3": "THEN REAPPRAISE gS",
        "reappraisal_output_dim_3": "T3",
    },
    "ITER/self-refine": {
        "intermediate_prompt_step_0": "REAPPRAISE",
        "reappraisal_output_step_0": "T0",
        "intermediate_prompt_step_1": "REVISE P | T0",
        "reappraisal_output_step_1": "T1",
    },
    "ITER/+cons": {
        "intermediate_prompt_dim_1": "REAPPRAISE gB",
        "intermediate_output_dim_1": "T1",
        "intermediate_prompt_dim_3": "REVISE P | T1 | gS",
        "intermediate_output_dim_3": "T3",
    },
    "ITER/+appr": {
        "appraisal_question_dim_1": "APPRAISE qB",
        "appraisal_output_dim_1": "Q1",
        "intermediate_prompt_dim_1": "THEN REAPPRAISE",
        "intermediate_output_dim_1": "T1",
        "appraisal_question_dim_3": "APPRAISE qS",
        "appraisal_output_dim_3": "Q3",
        "intermediate_prompt_dim_3": "REVISE P | T1 | appraised Q3",
        "intermediate_output_dim_3": "T3",
    },
    "ITER/+appr_+cons": {
        "appraisal_question_dim_1": "APPRAISE qB",
        "appraisal_output_dim_1": "Q1",
        "intermediate_prompt_.5_dim_1": "THEN REAPPRAISE gB",
        "intermediate_output_.5_dim_1": "H1",
        "intermediate_prompt_dim_1": "REVISE P | H1 | gB",
        "intermediate_output_dim_1": "T1",
        "appraisal_question_dim_3": "APPRAISE qS",
        "appraisal_output_dim_3": "Q3",
        "intermediate_prompt_.5_dim_3": "REVISE P | T1 | appraised Q3",
        "intermediate_output_.5_dim_3": "H3",
        "intermediate_prompt_dim_3": "REVISE P | H3 | gS",
        "intermediate_output_dim_3": "T3",
    },
}


def row(folder: str, **changed: object) -> dict[str, object]:
    """Return one row of the folder's strategy; a field changed to `...` is left out."""
    fields = {"Reddit ID": "one", "Reddit Post": "P", "Model": "m", **FIELDS[folder], **changed}
    return {name: value for name, value in fields.items() if value is not ...}


def write_rows(release: Path, folder: str, *rows: dict[str, object]) -> OutputFile:
    """Write one model's file of the folder's strategy."""
    path = release / "model_outputs" / folder / "m.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return OutputFile(path, STRATEGIES[folder.replace("/", " ").replace("_", " ")], "m")


def write_release(release: Path) -> Path:
    """Write everything: constitution, wording and a row for each strategy."""
    (release / "prompts").mkdir(parents=True)
    for part, texts in {
        "appraisal_question": ("qB", "chance?", "qS"),
        "aim": ("aim", "", "aim"),
        "guidance": ("gB", "", "gS"),
        "standards": ("• is kind", "", "• is kind"),
    }.items():
        lines = [f"<{name}> = {text}" for name, text in zip(("Blame", "Luck", "Steps"), texts, strict=True)]
        (release / "prompts" / FILES[part]).write_text("\n".join(lines), encoding="utf-8")
    (release / "prompt_set.yaml").write_text(prompt_set_yaml(WORDING), encoding="utf-8")
    for folder in FIELDS:
        write_rows(release, folder, row(folder))
    return release
