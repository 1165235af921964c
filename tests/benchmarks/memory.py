"""How much memory a program has used."""

import resource
from pathlib import Path


def peak_mib() -> float:
    """Return the most memory that this program has had. Linux: getrusage would tell of its parent as well."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS: bytes
    [peak] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1024
