from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def health(request):
    """Plain text for probes: 200 when the database answers and is migrated, else 503."""
    try:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        lines = ["base de données : répond"]
    except DatabaseError:
        pending = None
        lines = ["base de données : ne répond pas"]
    if pending is not None:
        lines.append(f"migrations : {f'{pending} en attente' if pending else 'à jour'}")
    healthy = pending == 0
    return HttpResponse(
        "\n".join(["en service" if healthy else "en panne", *lines, ""]),
        content_type="text/plain; charset=utf-8",
        status=200 if healthy else 503,
    )
