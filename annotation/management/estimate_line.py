"""What a generation will take, in a line for the terminal."""

from annotation.domain.errors import StudyError
from annotation.domain.generation import decoding_of
from annotation.models import Study
from annotation.queries.design import design_numbers
from annotation.queries.generation import estimate_generation
from annotation.templatetags.figures import about, duration_between


def estimate_line(study: Study) -> str:
    """Say how many texts, calls, tokens and how much time. Raises StudyError while there is no design."""
    numbers = design_numbers(study)
    if not numbers.n_items:
        raise StudyError("Choose dimensions and conditions first.")
    estimate = estimate_generation(study, decoding=decoding_of(study))
    if estimate is None:
        return f"{study.name}: all texts were written by people; no model is called."
    tokens = f"{'at most' if estimate.is_rough else 'about'} {about(estimate.tokens_out)} tokens written"
    time = "time not known yet"
    if estimate.seconds is not None and estimate.seconds_when_slow is not None:
        time = f"{duration_between(estimate.seconds, estimate.seconds_when_slow)} for one worker"
    return (
        f"{study.name}: {numbers.n_texts:,} texts in {estimate.calls:,} calls, "
        f"about {about(estimate.tokens_in)} tokens read, {tokens}, {time}."
    )
