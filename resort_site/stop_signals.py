"""What a program does when it is asked to end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class StopRequested(BaseException):
    """Ctrl-C, TERM or a closed terminal: not an error, so nothing that catches errors may catch it."""


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Turn the first stop signal into StopRequested, and ignore further ones while things are stopped."""
    stop_signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        stop_signals.append(signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        del number, frame
        for stop_signal in stop_signals:
            signal.signal(stop_signal, signal.SIG_IGN)
        raise StopRequested

    before = {stop_signal: signal.signal(stop_signal, stop) for stop_signal in stop_signals}
    try:
        yield
    finally:
        for stop_signal, handler in before.items():
            signal.signal(stop_signal, handler)


@dataclass
class NotedStop:
    """The signal by which a program was asked to end, None so far. Plain: a handler must take no lock."""

    number: int | None = None

    def is_set(self) -> bool:
        return self.number is not None


@contextmanager
def stop_signals_noted() -> Iterator[NotedStop]:
    """Note the first Ctrl-C or TERM, for a program that then ends tidily; a second one ends it at once."""
    stop = NotedStop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: object) -> None:
        del frame
        for stop_signal in before:
            signal.signal(stop_signal, signal.SIG_DFL)
        stop.number = number

    for number in before:
        signal.signal(number, note)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
