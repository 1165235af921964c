"""What files of a study are called."""

from annotation.models import Study

SIMULATED = "simulated"


def file_stem(study: Study) -> str:
    """Return what the names of all its files begin with; of simulated ratings they say so."""
    if not study.is_simulated or SIMULATED in study.slug:
        return study.slug
    return f"{study.slug}-{SIMULATED}"
