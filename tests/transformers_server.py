"""A real OpenAI-compatible server of the tests' own: `transformers serve` with one model, over loopback.

    server = TransformersServer(model_folder, log)
    server.start()
    ModelRef("openai", server.model, base_url=server.base_url)

It answers one request at a time and takes no model but its own. It needs the packages of its extra "serving".
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import free_port

STARTS_WITHIN_S = 120
STOPS_WITHIN_S = 3
# The program `transformers`, wherever its script was installed.
PROGRAM = "import sys; from transformers.cli.transformers import main; sys.exit(main())"


@dataclass
class TransformersServer:
    """Serves the model of a folder under the folder's name."""

    folder: Path
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def model(self) -> str:
        return self.folder.name

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Start it and return when the model is loaded."""
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "serve", self.model, *address],
                # A relative name keeps the path of this machine out of what the server says about itself.
                cwd=self.folder.parent,
                env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "passive"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self.answers():
            ended = self.process.poll() is not None
            assert not ended, f"transformers serve ended at its start: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, "transformers serve did not answer"
            time.sleep(0.1)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it, by force where it still writes a text that nobody waits for."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
