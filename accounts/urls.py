"""The pages of accounts. Of allauth, only what is used is mounted, under the names it asks for."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import include, path

from accounts import views

ours = [
    path("", views.home, name="home"),
    path("deconnecte/", views.signed_out, name="signed-out"),
    path("proconnect/", views.to_proconnect, name="proconnect"),
    path("proconnect/retour/", views.from_proconnect, name="proconnect-return"),
    path("deconnexion-partout/", views.sign_out_everywhere, name="sign-out-everywhere"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("", views.home, name="mfa_index"),
    path("ouvrir/", views.opening, name="account_signup"),
    path("connexion/", views.sign_in, name="account_login"),
    path("connexion/", views.sign_in, name="account_request_login_code"),
    path("code/", views.code, name="account_confirm_login_code"),
    path("deconnexion/", views.sign_out, name="account_logout"),
    path("ferme/", account.account_inactive, name="account_inactive"),
    path("second-facteur/", mfa.authenticate, name="mfa_authenticate"),
    path("second-facteur/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-facteur/activer/", views.activate_second_factor, name="mfa_activate_totp"),
    path("second-facteur/changer/", views.deactivate_second_factor, name="mfa_deactivate_totp"),
    path("codes-de-secours/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "codes-de-secours/renouveler/",
        views.renew_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]
