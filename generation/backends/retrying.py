"""When a request is made again, how long to wait before, and how requests in flight share the time."""

import random
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True)
class RetryPolicy:
    """Waits double from try to try, up to a bound, and are spread so that requests do not come back together.

    A wait that the server asked for is kept, unless it is longer than a worker should sit idle: then the
    request is given up, and the queue comes back to it later.
    """

    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    longest_asked_wait_s: float = 120.0
    time_limit_s: float = 600.0  # no new try after this, however few there were

    def wait_s(self, *, tries: int, asked_s: float | None, spent_s: float) -> float | None:
        """Return the wait after so many tries and seconds; None when it is time to give up."""
        if tries >= self.tries or spent_s >= self.time_limit_s:
            return None
        spread = random.random()  # noqa: S311  # spreads waits, guards nothing and shapes no text
        if asked_s is not None:
            return asked_s * (1 + spread / 10) if asked_s <= self.longest_asked_wait_s else None
        return min(self.first_wait_s * 2 ** (tries - 1), self.longest_wait_s) * (0.5 + spread / 2)


class SharedTime:
    """Shares the time that passes among those that are in it, so that their shares add up to the time spent.

    Of four requests that run side by side for two seconds, each has had half a second.
    """

    def __init__(self) -> None:
        self._inside = 0
        self._share_s = 0.0  # of somebody who has been inside since the beginning
        self._counted_until = monotonic()

    def enter(self) -> float:
        """Return the mark to hand to `share_since`."""
        self._count()
        self._inside += 1
        return self._share_s

    def share_since(self, mark: float) -> float:
        """Return the seconds that fell so far to the one who entered at this mark and is still inside."""
        self._count()
        return self._share_s - mark

    def leave(self) -> None:
        self._count()
        self._inside -= 1

    def _count(self) -> None:
        now = monotonic()
        if self._inside:
            self._share_s += (now - self._counted_until) / self._inside
        self._counted_until = now
