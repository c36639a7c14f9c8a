from django.conf import settings
from django.core.cache import caches
from django.utils.functional import SimpleLazyObject

from editorial import shown
from territories.models import Demonstration
from territories.preview import under_preview

SECONDS = 10  # how late the notice of demonstration may appear or go


def site(request):
    """What the frame of every page needs. Pages of the administration show no passage or notice."""
    kept = SimpleLazyObject(shown.kept)
    return {
        "section": request.path.split("/")[1],
        "site_url": settings.SITE_URL,
        "page_url": settings.SITE_URL + request.path,
        "state_brand": settings.STATE_BRAND,
        "is_preview": under_preview.get() is not None,
        "passages": SimpleLazyObject(lambda: kept.passages),
        "notices": SimpleLazyObject(lambda: kept.notices()),
        "has_demonstration": caches["local"].get_or_set(
            "has_demonstration", Demonstration.objects.exists, SECONDS
        ),
    }
