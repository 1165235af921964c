"""Write numbers as a journal does: two decimals, a true minus sign, words where there is no number."""

import math

NO_RATING = "no rating"


def number(value: float | None, *, decimals: int = 2, without: str = "none") -> str:
    """Return a number in digits, or the words for there being none."""
    if value is None:
        return without
    digits = f"{value:.{decimals}f}"
    return _signed("0" + digits[2:] if float(digits) == 0 and digits.startswith("-") else digits)


def point(value: float) -> str:
    """Return a point of a scale as briefly as it goes: 1, 0.5."""
    return _signed(f"{value:g}")


def interval(low: float | None, high: float | None, *, decimals: int = 2) -> str:
    """Return an interval in brackets, or the words for there being none."""
    if low is None or high is None:
        return "no interval"
    return f"[{number(low, decimals=decimals)}, {number(high, decimals=decimals)}]"


def require_finite(*values: float | None) -> None:
    """Raise ValueError for NaN or infinity: a number that is not known is None."""
    if any(value is not None and not math.isfinite(value) for value in values):
        raise ValueError("A figure takes finite numbers, and None where there is no number.")


def require_mean_of(n: int, mean: float | None) -> None:
    """Raise ValueError unless there is a finite mean of n ratings, or neither ratings nor a mean."""
    require_finite(mean)
    if n < 0 or (mean is None) != (n == 0):
        raise ValueError("There is a mean where there are ratings, and only there.")


def _signed(digits: str) -> str:
    return digits.replace("-", "−")
