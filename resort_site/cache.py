"""What the cache stores, as JSON."""

import json


class JSONSerializer:
    """Serialises cache values as JSON, so that nothing read from Redis is ever executed."""

    def __init__(self, protocol: int | None = None) -> None:
        del protocol  # Django passes pickle's protocol to every serializer.

    def dumps(self, value: object) -> bytes:
        return json.dumps(value).encode()

    def loads(self, value: bytes) -> object:
        return json.loads(value)
