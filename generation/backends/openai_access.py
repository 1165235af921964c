"""How a model's API is reached: its address and its key. Needs no client library and connects to nothing."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from generation.backends.base import BackendUnavailableError, ModelRef

OPENAI_URL = "https://api.openai.com/v1"

# Who may set up a model could otherwise have any variable of the worker sent to a server of his own.
_KEY_VARIABLE = re.compile(r"(?!.*SECRET)[A-Z_][A-Z0-9_]*(KEY|TOKEN)", re.IGNORECASE)


@dataclass(frozen=True)
class Access:
    """Where requests go and with what key. api_version is Azure's; without one it is a plain server."""

    base_url: str
    api_version: str
    is_openai: bool  # OpenAI's own service or Azure's
    key: str = field(repr=False)  # "" for a server that asks for none

    @property
    def is_loopback(self) -> bool:
        host = urlsplit(self.base_url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")


def read_access(ref: ModelRef) -> Access:
    """Check the address and fetch the key. Raises BackendUnavailableError, which never quotes the key."""
    if ref.chat_format != "template":
        raise BackendUnavailableError(
            f"The model {ref.model} is reached over an API, which takes chats only; "
            "choose the model's own chat template."
        )
    is_openai = not ref.base_url or bool(ref.api_version)
    if ref.api_version and not ref.base_url:
        raise BackendUnavailableError(f"The model {ref.model} has an Azure version but no Azure address.")
    base_url = (ref.base_url or OPENAI_URL).strip().rstrip("/")
    check_address(base_url)
    key = _read_key(ref.api_key_variable)
    if is_openai and not key:
        raise BackendUnavailableError(
            f"The model {ref.model} needs a key; name the environment variable that holds it."
        )
    return Access(base_url=base_url, api_version=ref.api_version, is_openai=is_openai, key=key)


def check_address(base_url: str) -> None:
    """Raise BackendUnavailableError unless it is a web address with nothing secret in it."""
    try:
        parts = urlsplit(base_url)
        is_web_address = parts.scheme in ("http", "https") and bool(parts.hostname) and _has_valid_port(parts)
    except ValueError:
        is_web_address = False
    if not is_web_address:
        raise BackendUnavailableError("The server's address must begin with http:// or https:// and a name.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BackendUnavailableError(
            "The server's address must hold no user name, password or '?'; a key belongs into a variable."
        )


def is_key_variable(name: str) -> bool:
    """Whether an environment variable of this name may be sent to a server as its key."""
    return _KEY_VARIABLE.fullmatch(name) is not None


def _has_valid_port(parts: SplitResult) -> bool:
    """Read the port; urllib raises ValueError for one that is no number or too large."""
    return parts.port is None or parts.port > 0


def _read_key(variable: str) -> str:
    if not variable:
        return ""
    if not is_key_variable(variable):
        # Not quoted: somebody may have put the key itself here.
        raise BackendUnavailableError(
            "The name of the variable that holds the model's key must be letters, digits and _, "
            "end with KEY or TOKEN, and have no SECRET in it."
        )
    key = os.environ.get(variable, "").strip()
    if not key:
        raise BackendUnavailableError(
            f"The model's key is missing: set the environment variable {variable} where the workers run."
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BackendUnavailableError(f"The environment variable {variable} holds no valid key.")
    return key
