"""The whole provenance of every text in an export: JSON lines, one response a line, all messages included.

The lines hold posts in full, inside the messages. People stand by numbers only.
"""

import json
from typing import IO

from annotation.exports.format import ExportFormat
from annotation.models import Study
from annotation.queries.provenance import rated_responses
from generation.queries.provenance import response_records


def of_study(study: Study) -> dict[str, str | bool]:
    """Return what stands before each record. simulated: nobody rated the text, a program drew its ratings."""
    return {
        "study": study.slug,
        "simulated": study.is_simulated,
        "stimuli_sha256": study.stimuli_sha256,
    }


def write_provenance(study: Study, stream: IO[bytes]) -> int:
    """Write a line for each rated response and return how many. Memory does not grow with the study."""
    n_lines = 0
    for record in response_records(rated_responses(study)):
        fields = {**of_study(study), **record.to_dict()}
        stream.write(json.dumps(fields, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        n_lines += 1
    return n_lines


FORMAT = ExportFormat(
    key="provenance",
    suffix="jsonl",
    content_type="application/x-ndjson; charset=utf-8",
    write=write_provenance,
)
