"""A column of an export."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column, what it means, and the name in the query where that is another."""

    name: str
    meaning: str
    field: str = ""

    def value(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # whatever the query gives
        """Return the row's cell; None where the column does not apply to it."""
        return row.get(self.field or self.name)
