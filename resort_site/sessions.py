"""Sessions in the database, as Django keeps them; found by a query that is made once a process."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from resort_site.prepared_query import PreparedQuery

_live_sessions = PreparedQuery(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).order_by(),
    key=CharField,
    now=DateTimeField,
)


class SessionStore(db.SessionStore):
    """Django's store. Every request of a signed-in person reads it."""

    def _get_session_from_db(self) -> Session | None:
        for session in _live_sessions(key=self.session_key, now=timezone.now()):
            return session
        self._session_key = None
        return None
