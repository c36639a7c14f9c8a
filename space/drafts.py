"""What was typed and not sent yet: kept by address of form, given back in its fields."""

from space.models import Draft

KEPT = "space_put_aside"
# What is of a page, not of who typed: it would be stale, or open to others.
FORGOTTEN = {"csrfmiddlewaretoken", "key"}
MOST_CHARACTERS = 50_000


def typed(post):
    """The fields of a form as typed, or nothing when there is unreasonably much."""
    fields = {name: value for name, value in post.items() if name not in FORGOTTEN}
    size = sum(len(name) + len(value) for name, value in fields.items())
    return fields if size <= MOST_CHARACTERS else {}


def keep(user, address, post):
    """Write the draft of a form, instead of the one there was; return it."""
    return Draft.objects.update_or_create(
        user=user, address=address, defaults={"fields": typed(post)}
    )[0]


def forget(user, address):
    Draft.objects.filter(user=user, address=address).delete()


def drafts_of(user, addresses):
    """The drafts of some forms, by address."""
    return {
        draft.address: draft for draft in Draft.objects.filter(user=user, address__in=addresses)
    }


def put_aside(request):
    """Keep in the session what somebody sent, or was typing, who is not signed in any more."""
    address = request.path.removesuffix("brouillon/")
    request.session[KEPT] = {"address": address, "fields": typed(request.POST)}


def take_back(request):
    """Turn what was put aside into a draft of who has just signed in; True if there was any."""
    kept = request.session.pop(KEPT, None)
    if not kept or not kept["fields"]:
        return False
    Draft.objects.update_or_create(
        user=request.user, address=kept["address"], defaults={"fields": kept["fields"]}
    )
    return True
