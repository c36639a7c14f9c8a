"""What search engines read of a sheet: schema.org, as JSON-LD."""

import json

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def as_script(data) -> SafeString:
    """The body of a ``<script type="application/ld+json">``: no text in it can close the tag."""
    text = json.dumps({"@context": "https://schema.org"} | data, ensure_ascii=False)
    escaped = text.translate({ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"})
    return mark_safe(escaped)  # noqa: S308  (escaped just above)


def of_territory(territory) -> SafeString:
    data = {
        "@type": "AdministrativeArea",
        "name": territory.name,
        "url": settings.SITE_URL + territory.get_absolute_url(),
    }
    if territory.label_status == "in_force":
        data["award"] = "Label Territoire French Impact"
    if territory.place:
        data["containedInPlace"] = {"@type": "AdministrativeArea", "name": territory.place}
    return as_script(data)
