from django.urls import path, re_path

from territories import communes, views
from territories.pictures import NAME

app_name = "territories"

urlpatterns = [
    path("territoires/", views.list, name="list"),
    path("territoires/liste.csv", views.export, name="export"),
    path("territoires/<slug:slug>/", views.detail, name="detail"),
    path("territoires/<slug:slug>/plan/", views.plan, name="plan"),
    path("territoires/<slug:slug>/communes/<slug:code>/", views.departement, name="departement"),
    path("label/", views.label, name="label"),
    path("label/axes/<slug:slug>/", views.pillar, name="pillar"),
    path("acteurs/<slug:slug>/", views.organisation, name="organisation"),
    re_path(rf"^media/(?P<name>{NAME})\.webp\Z", views.picture, name="picture"),
    path("ma-commune/", communes.my_commune, name="my-commune"),
    path("ma-commune/suggestions/", communes.commune_suggestions, name="commune-suggestions"),
    re_path(r"^ma-commune/(?P<code>[0-9][0-9AB][0-9]{3})/\Z", communes.commune, name="commune"),
]
