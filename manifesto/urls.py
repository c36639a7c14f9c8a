from django.urls import path

from manifesto import views

app_name = "manifesto"

urlpatterns = [path("manifeste/", views.detail, name="detail")]
