from django.urls import path

from guides import views

app_name = "guides"

urlpatterns = [path("aide/coordinateurs/", views.coordinators, name="coordinators")]
