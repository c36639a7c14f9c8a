"""Our own programs started as in service, on the database of the tests."""

import os

from django.db import connection

SECONDS = 60  # longer than anything the tests wait for


def database_url():
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{user}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def environment(**variables):
    """The variables of a process that shares the database of the tests."""
    return {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": database_url()} | variables
