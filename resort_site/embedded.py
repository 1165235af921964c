"""What a machine without services gets from us: a secret key and the address of an embedded Redis.

Imported by the settings, so it imports nothing of Django.
"""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

# Linux allows 108 bytes for a socket's path, macOS 104.
LONGEST_SOCKET_PATH = 100


def read_or_make_secret_key(data_dir: Path) -> str:
    """Return the key kept in `data_dir`, made on first use; two processes at once agree on one."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def embedded_redis_socket(data_dir: Path) -> Path:
    """Return where the embedded Redis of `data_dir` listens; always the same place for the same folder."""
    socket = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"resort-{os.getuid()}-{digest}" / "redis.sock"


def embedded_redis_url(data_dir: Path) -> str:
    return f"unix://{quote(str(embedded_redis_socket(data_dir)))}"
