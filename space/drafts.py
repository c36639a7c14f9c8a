"""What was typed and not sent yet: kept by address of form, given back in its fields."""

import uuid

from django.http import QueryDict

from space.models import Draft

KEPT = "space_put_aside"
# What is of a page, not of who typed: it would be stale, or open to others.
FORGOTTEN = {"csrfmiddlewaretoken", "key"}
MOST_CHARACTERS = 100_000  # twice the longest texts of a sheet: what was typed, and its base


def typed(post):
    """The fields of a form as typed, or nothing when there is unreasonably much.

    A field sent several times, as boxes are, is a list.
    """
    fields = {
        name: values if len(values) > 1 else values[0]
        for name, values in post.lists()
        if name not in FORGOTTEN
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    return fields if size <= MOST_CHARACTERS else {}


def as_sent(draft):
    """A draft as if it were sent, for a form to show it; with the key of a new page."""
    sent = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        sent.setlist(name, values if isinstance(values, list) else [values])
    sent["key"] = f"{uuid.uuid4()}"
    return sent


def keep(user, address, post):
    """Write the draft of a form, instead of the one there was; return it."""
    return Draft.objects.update_or_create(
        user=user, address=address, defaults={"fields": typed(post)}
    )[0]


def forget(user, address):
    Draft.objects.filter(user=user, address=address).delete()


def drafts_of(request, addresses):
    """The drafts of some forms, by address; none when staff look: they are only who types them."""
    if request.viewing:
        return {}
    drafts = Draft.objects.filter(user=request.user, address__in=addresses)
    return {draft.address: draft for draft in drafts}


def put_aside(request):
    """Keep in the session what somebody sent, or was typing, who is not signed in any more."""
    address = request.path.removesuffix("brouillon/")
    request.session[KEPT] = {"address": address, "fields": typed(request.POST)}


def take_back(request):
    """Turn what was put aside into a draft of who has just signed in; True if there was any.

    It waits while staff look at the space as somebody: it is not that person’s.
    """
    if request.viewing:
        return False
    kept = request.session.pop(KEPT, None)
    if not kept or not kept["fields"]:
        return False
    Draft.objects.update_or_create(
        user=request.user, address=kept["address"], defaults={"fields": kept["fields"]}
    )
    return True
