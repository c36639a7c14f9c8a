from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from manifesto.models import Manifesto


@require_safe
def detail(request):
    manifesto = get_object_or_404(Manifesto, in_force=True)
    statements = manifesto.statements.order_by("position")
    return render(
        request, "manifesto/detail.html", {"manifesto": manifesto, "statements": statements}
    )
