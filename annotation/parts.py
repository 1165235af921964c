"""A document in parts, each made or read when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Parts(Mapping[str, Any]):
    """Parts by their names. To go through the names makes none of them."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # a part is what JSON gives
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
