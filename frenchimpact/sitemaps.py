from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from challenges.models import Challenge, Theme
from manifesto.models import Manifesto
from territories.models import Organisation, Pillar, Territory


class PortalSitemap(Sitemap):
    """Addresses come from SITE_URL, never from the Host header of whoever asks first."""

    def get_urls(self, page=1, site=None, protocol=None):
        protocol, _, domain = settings.SITE_URL.partition("://")
        return self._urls(page, protocol, domain)


class PageSitemap(PortalSitemap):
    def items(self):
        # Until a manifesto is in force its page is no page.
        manifesto = ["manifesto:detail"] if Manifesto.objects.filter(in_force=True) else []
        return [
            *manifesto,
            "home",
            "territories:list",
            "challenges:list",
            "territories:label",
            "territories:my-commune",
            "search",
            "guides:coordinators",
            "site-map",
            "accessibility",
            "legal",
            "privacy",
        ]

    def location(self, name):
        return reverse(name)


class PillarSitemap(PortalSitemap):
    def items(self):
        return Pillar.objects.order_by("position")


class TerritorySitemap(PortalSitemap):
    def items(self):
        return Territory.objects.public().order_by("name")

    def lastmod(self, territory):
        return territory.updated_at


class PlanSitemap(TerritorySitemap):
    def location(self, territory):
        return reverse("territories:plan", args=[territory.slug])


class ChallengeSitemap(PortalSitemap):
    def items(self):
        return Challenge.objects.published().order_by("territory__name", "number")

    def lastmod(self, challenge):
        return challenge.updated_at


class ThemeSitemap(PortalSitemap):
    def items(self):
        return Theme.objects.in_use().order_by("name")


class OrganisationSitemap(PortalSitemap):
    def items(self):
        return Organisation.objects.public().order_by("name")


SITEMAPS = {
    "pages": PageSitemap,
    "axes": PillarSitemap,
    "territoires": TerritorySitemap,
    "plans": PlanSitemap,
    "defis": ChallengeSitemap,
    "themes": ThemeSitemap,
    "acteurs": OrganisationSitemap,
}
