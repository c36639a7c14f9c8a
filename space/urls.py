from django.urls import path

from space.views import home, plan, point, team

app_name = "space"

urlpatterns = [
    path("", home.home, name="home"),
    path("invitations/<int:pk>/", team.answer, name="answer"),
    path("<slug:territory>/point/", point.point, name="point"),
    path("<slug:territory>/point/<slug:challenge>/", point.point_one, name="point-one"),
    path(
        "<slug:territory>/point/<slug:challenge>/brouillon/", point.point_draft, name="point-draft"
    ),
    path("<slug:territory>/engagements/<int:pk>/", plan.commitment, name="commitment"),
    path("<slug:territory>/equipe/", team.team, name="team"),
    path("<slug:territory>/equipe/<int:pk>/", team.member, name="member"),
    path("<slug:territory>/equipe/invitations/<int:pk>/", team.invitation, name="invitation"),
]
