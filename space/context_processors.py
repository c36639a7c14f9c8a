from django.middleware.csrf import get_token

UNSENDABLE = "lecture-seule"


def viewing(request):
    """What pages seen as somebody need: the bar, and forms that can never be sent.

    Left open in a tab, such a form would else be sent later in the name of the staff. The token
    that the bar needs to stop comes apart.
    """
    seen = getattr(request, "viewing", None)
    if seen is None:
        return {}
    return {"viewing": seen, "viewing_token": get_token(request), "csrf_token": UNSENDABLE}
