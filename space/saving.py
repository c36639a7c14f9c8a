"""What the views of forms that several people edit share: see ``space.forms.edit``."""

from django.db import transaction

from space import drafts
from territories.editing import Conflict


def filled_form(make, request, values):
    """The form of a page: as sent, or as the draft kept it, or from what stands."""
    if request.method == "POST":
        return make(request.POST, values=values, files=request.FILES)
    draft = drafts.drafts_of(request, [request.path]).get(request.path)
    form = make(drafts.as_sent(draft) if draft else None, values=values)
    if draft:
        form.errors.clear()  # it was not sent: nothing in it is wrong yet
        form.draft = draft
    return form


def is_saving(request, form):
    return request.method == "POST" and form.is_valid() and request.POST.get("act") != "preview"


def saved(request, form, save):
    """Write once what a form says.

    Returns whether anything changed, and what stands when somebody else saved meanwhile.
    """
    try:
        with transaction.atomic():
            changed = not form.is_new(request.user) or save(form)
    except Conflict as conflict:
        return None, conflict.current
    drafts.forget(request.user, request.path)
    return changed, None
