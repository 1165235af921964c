"""One hash for one content, whatever the order or layout of the file it came from."""

import hashlib
import json


def canonical_sha256(content: object) -> str:
    """Hash JSON-like content: keys sorted, lists in order, UTF-8, no insignificant white space."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def canonical_json(content: object) -> str:
    """Return the text that the hash is taken of."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
