"""What a program does when it is asked to end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


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
