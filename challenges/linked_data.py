from django.conf import settings
from django.utils.safestring import SafeString

from territories.linked_data import as_script
from territories.markdown import plain


def of_challenge(challenge) -> SafeString:
    """A challenge as a schema.org Project, carried by an Organization, in a territory."""
    carrier, territory = challenge.carrier, challenge.territory
    return as_script(
        {
            "@type": "Project",
            "name": challenge.title,
            "description": plain(challenge.answer_html),
            "url": settings.SITE_URL + challenge.get_absolute_url(),
            "parentOrganization": {
                "@type": "Organization",
                "name": carrier.name,
                "url": settings.SITE_URL + carrier.get_absolute_url(),
            },
            "areaServed": {
                "@type": "AdministrativeArea",
                "name": territory.name,
                "url": settings.SITE_URL + territory.get_absolute_url(),
            },
        }
    )
