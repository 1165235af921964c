"""Open a client of the openai library that does what is asked of it and nothing besides."""

import logging
import ssl
from typing import Any

import httpx2
from openai import AsyncAzureOpenAI, AsyncOpenAI, Omit

from generation.backends.openai_access import Access

CONNECT_TIMEOUT_S = 10.0

# Their lines name addresses, and at the lowest level what a server sent.
for _library in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_library).setLevel(logging.WARNING)


def read_certificates(access: Access) -> ssl.SSLContext:
    """Read the authorities to trust; that takes longer than a request to a server nearby."""
    return httpx2.create_ssl_context(trust_env=not access.is_loopback)


def connect(
    access: Access, *, certificates: ssl.SSLContext, answer_timeout_s: float, connections: int
) -> AsyncOpenAI:
    """Return a client for one event loop; its requests fail at the first fault."""
    timeout = httpx2.Timeout(answer_timeout_s, connect=min(CONNECT_TIMEOUT_S, answer_timeout_s))
    http_client = httpx2.AsyncClient(
        verify=certificates,
        timeout=timeout,
        limits=httpx2.Limits(max_connections=connections),
        # A proxy from the environment must not catch what is meant for this machine.
        trust_env=not access.is_loopback,
        # Or a post's text would go to a server that nobody named.
        follow_redirects=False,
    )
    options: dict[str, Any] = {
        "api_key": access.key,  # never None: the library would look for OpenAI's own key
        "timeout": timeout,
        "max_retries": 0,  # RetryPolicy alone tries again
        "http_client": http_client,
    }
    if access.api_version:
        return AsyncAzureOpenAI(azure_endpoint=access.base_url, api_version=access.api_version, **options)
    return AsyncOpenAI(base_url=access.base_url, admin_api_key="", **options)


def withheld_headers(access: Access) -> dict[str, str | Omit]:
    """Return the headers that a request must keep back, which the library reads from the environment."""
    withheld = ["OpenAI-Organization", "OpenAI-Project"]
    if not access.key:
        withheld.append("Authorization")
    return {name: Omit() for name in withheld}
