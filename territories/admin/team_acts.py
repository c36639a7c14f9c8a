"""The acts on the team of a territory, as admin offers them."""

from django import forms

from territories import team
from territories.admin.acts import Act, ActForm, ShortReasonForm
from territories.models import Coordinator
from territories.models.team import Role

STAY, LEAVE = "stay", "leave"


class EmailField(forms.EmailField):
    def __init__(self, **options):
        super().__init__(
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "vTextField"}),
            error_messages={
                "invalid": "Cette adresse n’est pas complète\u00a0: écrivez nom@domaine.fr.",
                "required": "Indiquez l’adresse électronique de la personne.",
            },
            **options,
        )

    def clean(self, value):
        return super().clean(value).lower()


class InviteForm(ActForm):
    email = EmailField(
        label="Adresse électronique",
        help_text="La personne entre dans l’espace par un code envoyé à cette adresse.",
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=[
            (Role.REFERENT, "Référent\u00a0: met à jour les défis et le plan, gère l’équipe"),
            (Role.CONTRIBUTOR, "Contributeur\u00a0: met à jour les défis et le plan"),
            (Role.READER, "Lecteur\u00a0: voit l’espace sans rien modifier"),
        ],
        initial=Role.REFERENT,
        widget=forms.RadioSelect,
    )


class EntrustForm(ShortReasonForm):
    to = forms.ModelChoiceField(
        Coordinator.objects.none(),
        label="À quelqu’un de l’équipe",
        required=False,
        empty_label="Non, à une autre personne (son adresse dessous)",
    )
    email = EmailField(
        label="Ou à cette adresse",
        required=False,
        help_text="La personne reçoit une invitation\u00a0; ses droits commencent à sa réponse.",
    )
    stay = forms.ChoiceField(
        label="Les référents actuels",
        choices=[
            (STAY, "restent dans l’équipe comme contributeurs"),
            (LEAVE, "quittent l’équipe aujourd’hui"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que deviennent les référents actuels."},
    )
    field_order = ["to", "email", "stay"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        active = Coordinator.objects.active().filter(territory__in=self.rows)
        self.fields["to"].queryset = active.select_related("user").order_by("since")

    def clean_stay(self):
        return self.cleaned_data["stay"] == STAY

    def clean(self):
        cleaned = super().clean()
        to, email = cleaned.get("to"), cleaned.get("email")
        if to and email:
            self.add_error(
                "email", "Choisissez quelqu’un de l’équipe, ou une adresse\u00a0: pas les deux."
            )
        elif not to and not email and not {"to", "email"} & {*self.errors}:
            self.add_error("to", "Dites à qui le territoire est confié.")
        elif email and self.fields["to"].queryset.filter(user__email__iexact=email).exists():
            self.add_error(
                "email", "Cette personne est de l’équipe\u00a0: choisissez-la au-dessus."
            )
        return cleaned


def invite(territories, **given):
    return team.invite_each(territories=territories, **given)


def entrust(territories, **given):
    return team.entrust(territory=territories.get(), **given)


TEAM_ACTS = (
    Act(
        "invite",
        "Inviter quelqu’un",
        "territories.add_invitation",
        team.team_lines,
        invite,
        ("invitation envoyée", "invitations envoyées"),
        InviteForm,
        "La même personne est invitée dans l’équipe de chaque territoire choisi\u00a0; elle reçoit "
        "un courriel pour chacun.",
        plan=team.invite_plan,
        heading="Ce qui se passe",
        way_back="Un courriel parti ne se reprend pas\u00a0; une invitation sans réponse se retire "
        "de la liste des invitations.",
    ),
    Act(
        "entrust",
        "Confier le territoire",
        "territories.change_coordinator",
        team.team_lines,
        entrust,
        ("changement dans l’équipe", "changements dans l’équipe"),
        EntrustForm,
        "Quelqu’un devient référent du territoire à la place de qui l’est aujourd’hui. Les droits "
        "passés restent, avec leurs dates.",
        alone=True,
        plan=team.entrust_plan,
        heading="Ce que la personne gagne ou perd",
        way_back="Pour revenir en arrière, confiez de nouveau le territoire, ou donnez les rôles "
        "dans la liste des coordinateurs.",
    ),
)
