"""Where the demo's site is, and whether it answers there."""

import urllib.error
import urllib.request

from django.conf import settings


def site_url(host: str) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/"


def site_answers() -> bool:
    """Ask the health page on this machine, in the name of a host that the site accepts."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    accepted = settings.ALLOWED_HOSTS[0].replace("*", "localhost").lstrip(".")
    request = urllib.request.Request(f"{site_url(local)}health/", headers={"Host": accepted})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
