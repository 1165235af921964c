"""Whether this site can serve: for the demo, a proxy, a monitor. Open to anyone, so it tells little."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

TIMEOUT_S = 2


@never_cache
@require_safe
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 where database and Redis answer, else 503 naming the one that does not."""
    del request
    parts = {"database": database_answers(), "redis": redis_answers()}
    is_well = all(parts.values())
    states = {name: "ok" if answers else "unreachable" for name, answers in parts.items()}
    return JsonResponse({"status": "ok" if is_well else "failing", **states}, status=200 if is_well else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """Ask over a connection of its own: a pooled one could be good while new ones are refused."""
    options = {"socket_connect_timeout": TIMEOUT_S, "socket_timeout": TIMEOUT_S}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **options) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
