"""A Redis of the tests' own, which they may stop, flush and kill."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from resort_site.embedded import embedded_redis_url
from resort_site.embedded_redis import make_redis_folders, redis_command

STARTS_WITHIN_S = 20


@dataclass
class RedisServer:
    """The embedded Redis on the data of `folder`, as the demo runs it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return embedded_redis_url(self.folder)

    def start(self) -> None:
        """Start it and return when it answers."""
        make_redis_folders(self.folder)
        self.process = subprocess.Popen(redis_command(self.folder), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self.answers():
            assert self.process.poll() is None, "Redis ended at its start"
            assert time.monotonic() < deadline, "Redis did not answer"
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal, TERM or KILL, and wait for the end."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
