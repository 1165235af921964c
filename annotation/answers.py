"""A rating's answers as one text: the keys of the scale points chosen, ascending, with spaces between."""

from collections.abc import Iterable


def answers_text(points: Iterable[int]) -> str:
    """Write which points were chosen; "" where none was."""
    return " ".join(map(str, sorted(points)))


def chosen_points(answers: str) -> list[int]:
    return [int(point) for point in answers.split()]
