"""Sessions in the database: they end after eight idle hours, and twelve hours at most."""

import time

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

LONGEST = 12 * 3600  # seconds from sign-in, whatever is done meanwhile
REFRESH = 5 * 60  # seconds: an idle session is known to that grain, at one write each


class SessionStore(db.SessionStore):
    def load(self):
        data = super().load()
        if SESSION_KEY in data and time.time() - data.get("opened_at", 0) > LONGEST:
            self._session_key = None
            return {}
        return data

    def create_model_instance(self, data):
        if SESSION_KEY in data:
            data.setdefault("opened_at", time.time())
            data["seen_at"] = time.time()
        return super().create_model_instance(data)

    @property
    def is_to_refresh(self):
        """Whether this page looked at a signed-in session, not written lately."""
        if not self.accessed or SESSION_KEY not in self:
            return False
        return time.time() - self.get("seen_at", 0) > REFRESH
