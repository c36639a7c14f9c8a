from django.urls import path

from space import views

app_name = "space"

urlpatterns = [
    path("", views.home, name="home"),
    path("invitations/<int:pk>/", views.answer, name="answer"),
    path("<slug:territory>/point/", views.point, name="point"),
    path("<slug:territory>/point/<slug:challenge>/", views.point_one, name="point-one"),
    path(
        "<slug:territory>/point/<slug:challenge>/brouillon/", views.point_draft, name="point-draft"
    ),
    path("<slug:territory>/engagements/<int:pk>/", views.commitment, name="commitment"),
    path("<slug:territory>/equipe/", views.team, name="team"),
    path("<slug:territory>/equipe/<int:pk>/", views.member, name="member"),
    path("<slug:territory>/equipe/invitations/<int:pk>/", views.invitation, name="invitation"),
]
