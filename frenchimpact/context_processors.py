from django.conf import settings
from django.core.cache import caches

from territories.models import Demonstration

SECONDS = 10  # how late the notice of demonstration may appear or go


def site(request):
    """What the frame of every page needs."""
    return {
        "section": request.path.split("/")[1],
        "site_url": settings.SITE_URL,
        "page_url": settings.SITE_URL + request.path,
        "state_brand": settings.STATE_BRAND,
        "has_demonstration": caches["local"].get_or_set(
            "has_demonstration", Demonstration.objects.exists, SECONDS
        ),
    }
