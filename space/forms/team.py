from django import forms

from space.forms.once import OnceForm
from territories.models.team import Role


class InvitationForm(OnceForm):
    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Par exemple prenom.nom@collectivite.fr",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": "Cette adresse n’est pas complète\u00a0: écrivez nom@domaine.fr."
        },
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=[
            (Role.CONTRIBUTOR, "Contributeur\u00a0: met à jour les défis et le plan"),
            (Role.REFERENT, "Référent\u00a0: de plus, invite et gère l’équipe"),
            (Role.READER, "Lecteur\u00a0: voit l’espace sans rien modifier"),
        ],
        initial=Role.CONTRIBUTOR,
        widget=forms.RadioSelect,
    )

    def clean_email(self):
        return self.cleaned_data["email"].lower()
