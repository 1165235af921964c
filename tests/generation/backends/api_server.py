"""The other side of an OpenAI-compatible API: a real HTTP server that answers as a test tells it to."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """What the server sends; bytes as they are, anything else as JSON.

    One that hangs never comes: the server waits until the other side hangs up.
    """

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: dict[str, object]
    at: float


Answer = Callable[[Request], Reply]


def completion(
    text: str | None = "You did well.", *, finish_reason: str | None = "stop", **message: object
) -> Reply:
    """Answer as OpenAI does."""
    return Reply(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-4-0613",
            "system_fingerprint": "fp_1",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, **message},
                    "finish_reason": finish_reason,
                }
            ],
            "usage": {"prompt_tokens": 12, "completion_tokens": 4, "total_tokens": 16},
        },
        headers={"x-request-id": "req_1"},
    )


def error(status: int, /, *, headers: Mapping[str, str] | None = None, **fields: object) -> Reply:
    """Refuse as OpenAI and Azure do."""
    return Reply({"error": fields}, status=status, headers=headers or {})


class ApiServer(ThreadingHTTPServer):
    """Notes every request, and the largest number that it had at a time."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.most_at_a_time = 0
        self.was_left = threading.Event()  # somebody hung up on a reply that hangs
        self._at_a_time = 0
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @contextmanager
    def noting(self, request: Request) -> Iterator[None]:
        with self._lock:
            self.requests.append(request)
            self._at_a_time += 1
            self.most_at_a_time = max(self.most_at_a_time, self._at_a_time)
        try:
            yield
        finally:
            with self._lock:
                self._at_a_time -= 1


class _Handler(BaseHTTPRequestHandler):
    server: ApiServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, body, time.monotonic())
        with self.server.noting(request):
            reply = self.server.answer(request)
            if reply.hangs:
                self._wait_for_the_end()
        if not reply.hangs:
            self._send(reply)

    def _wait_for_the_end(self) -> None:
        with suppress(ConnectionError):
            self.connection.recv(1)
        self.server.was_left.set()
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's output is for its faults."""


@contextmanager
def serve(answer: Answer) -> Iterator[ApiServer]:
    """Answer every request as told, until the block ends."""
    server = ApiServer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Answer:
    """Give these replies one after another, the last one for ever."""
    left = list(replies)
    lock = threading.Lock()

    def answer(request: Request) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer
