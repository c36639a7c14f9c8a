from django.urls import path

from space.views import challenge, home, plan, point, readings, reminders, team, viewing

app_name = "space"
NEW = "<slug:territory>/nouveau-defi/"
SHEET = "<slug:territory>/defis/<slug:challenge>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("voir-comme/arreter/", viewing.stop, name="stop-viewing"),
    path("rappels/", reminders.reminders, name="reminders"),
    path("invitations/<int:pk>/", team.answer, name="answer"),
    path("invitations/<int:pk>/redemander/", team.ask_again, name="ask-again"),
    path("<slug:territory>/point/", point.point, name="point"),
    path("<slug:territory>/point/<slug:challenge>/", point.point_one, name="point-one"),
    path(
        "<slug:territory>/point/<slug:challenge>/brouillon/", point.point_draft, name="point-draft"
    ),
    path(NEW, challenge.challenge_new, name="challenge-new"),
    path(
        "<slug:territory>/nouveau-defi/brouillon/",
        challenge.sheet_draft,
        name="challenge-new-draft",
    ),
    path(SHEET, challenge.challenge, name="challenge"),
    path(f"{SHEET}brouillon/", challenge.sheet_draft, name="challenge-draft"),
    path(f"{SHEET}suite/", challenge.challenge_act, name="challenge-act"),
    path(f"{SHEET}historique/", challenge.history, name="history"),
    path(f"{SHEET}objectifs/nouveau/", challenge.objective_new, name="objective-new"),
    path(f"{SHEET}objectifs/nouveau/brouillon/", challenge.sheet_draft, name="objective-new-draft"),
    path(f"{SHEET}objectifs/<int:pk>/", challenge.objective, name="objective"),
    path(f"{SHEET}objectifs/<int:pk>/brouillon/", challenge.sheet_draft, name="objective-draft"),
    path(
        f"{SHEET}objectifs/proposes/<int:pk>/",
        challenge.objective_pending,
        name="objective-pending",
    ),
    path(
        f"{SHEET}objectifs/proposes/<int:pk>/brouillon/",
        challenge.sheet_draft,
        name="objective-pending-draft",
    ),
    path("<slug:territory>/releves/<slug:challenge>/", readings.readings, name="readings"),
    path("<slug:territory>/releves/<slug:challenge>/<int:pk>/", readings.reading, name="reading"),
    path(
        "<slug:territory>/releves/<slug:challenge>/<int:pk>/brouillon/",
        readings.reading_draft,
        name="reading-draft",
    ),
    path("<slug:territory>/engagements/<int:pk>/", plan.commitment, name="commitment"),
    path(
        "<slug:territory>/engagements/<int:pk>/brouillon/",
        challenge.sheet_draft,
        name="commitment-draft",
    ),
    path("<slug:territory>/equipe/", team.team, name="team"),
    path("<slug:territory>/equipe/<int:pk>/", team.member, name="member"),
    path("<slug:territory>/equipe/invitations/<int:pk>/", team.invitation, name="invitation"),
]
