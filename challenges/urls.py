from django.urls import path

from challenges import views

app_name = "challenges"

urlpatterns = [
    path("defis/", views.list, name="list"),
    path("defis/liste.csv", views.export, name="export"),
    path("defis/<slug:slug>/", views.detail, name="detail"),
    path("themes/<slug:slug>/", views.theme, name="theme"),
]
