from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from frenchimpact import views
from frenchimpact.health import health
from frenchimpact.sitemaps import SITEMAPS

handler400 = "frenchimpact.errors.bad_request"
handler403 = "frenchimpact.errors.permission_denied"
handler404 = "frenchimpact.errors.page_not_found"
handler429 = "frenchimpact.errors.too_many_requests"  # asked for by allauth
handler500 = "frenchimpact.errors.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("territories.urls")),
    path("", include("challenges.urls")),
    path("", include("manifesto.urls")),
    path("recherche/", views.search, name="search"),
    path("compte/", include("accounts.urls")),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("plan-du-site/", views.site_map, name="site-map"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("sante/", health, name="health"),
    path("", include("guides.urls")),
    path("espace/", include("space.urls")),
    path("admin/", admin.site.urls),
]
