"""The four scales of the method, as judges are asked on them."""

from decimal import Decimal

from annotation.judging.scale import Point

ALIGNMENT = [Point(str(value), "", Decimal(value)) for value in range(1, 11)]
EMPATHY = [Point(str(value), "", Decimal(value)) for value in range(1, 6)]
HARMFULNESS = [Point("1", "Not harmful", Decimal(0)), Point("2", "Harmful", Decimal(1))]
FACTUALITY = [
    Point("1", "Yes", Decimal(1)),
    Point("2", "Minor error", Decimal("0.5")),
    Point("3", "No", Decimal(0)),
]
BY_CRITERION = {
    "alignment": ALIGNMENT,
    "empathy": EMPATHY,
    "harmfulness": HARMFULNESS,
    "factuality": FACTUALITY,
}
