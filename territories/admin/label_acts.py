"""The acts on the label, as admin offers them: their words and their forms."""

from django import forms
from django.utils import timezone

from territories import label
from territories.admin.acts import Act, ActForm, NoForm, ReasonForm
from territories.models import Wave


class DayInput(forms.DateInput):
    """The browser's own calendar: the one of Django's admin styles itself against our CSP."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.SplitDateTimeWidget):
    def __init__(self):
        super().__init__(
            date_attrs={"type": "date", "aria-label": "Jour"},
            date_format="%Y-%m-%d",
            time_attrs={"type": "time", "aria-label": "Heure"},
            time_format="%H:%M",
        )


class GrantForm(ActForm):
    wave = forms.ModelChoiceField(Wave.objects.order_by("number"), label="Vague")
    granted_on = forms.DateField(
        label="Accordé le",
        initial=timezone.localdate,
        widget=DayInput,
        help_text="À venir seulement sous embargo.",
    )
    expires_on = forms.DateField(label="Expire le", required=False, widget=DayInput)
    has_embargo = forms.BooleanField(
        label="Sous embargo",
        required=False,
        help_text="Toute la vague reste secrète jusqu’à son annonce. Une vague qui l’est déjà "
        "le reste.",
    )


class RenewForm(ReasonForm):
    expires_on = forms.DateField(label="Nouvelle échéance", widget=DayInput)
    field_order = ["expires_on"]


class AnnounceForm(ActForm):
    at = forms.SplitDateTimeField(
        label="Moment de l’annonce",
        widget=MomentInput,
        help_text="Heure de Paris. Vide\u00a0: maintenant. Les pages suivent en une minute.",
        required=False,
    )

    def clean_at(self):
        """An announcement is not made in the past; the form says so rather than make it now."""
        at, now = self.cleaned_data["at"], timezone.now()
        if at and at < now:
            raise forms.ValidationError(
                "Ce moment est passé\u00a0: choisissez-en un à venir, ou laissez vide."
            )
        return at or now


def grant(territories, **given):
    return label.grant(territories=territories, **given)


def suspend(designations, **given):
    return label.suspend(designations=designations, **given)


def withdraw(designations, **given):
    return label.withdraw(designations=designations, **given)


def reinstate(designations, **given):
    return label.reinstate(designations=designations, **given)


def renew(designations, **given):
    return label.renew(designations=designations, **given)


def hold(waves, *, by):
    lines = label.hold_lines(waves)
    label.hold(wave=waves.get(), by=by)
    return lines


def announce(waves, *, at, by):
    return label.announce(wave=waves.get(), at=at, by=by)


def cancel(waves, *, reason, by):
    lines = label.cancel_lines(waves)
    label.cancel_announcement(wave=waves.get(), reason=reason, by=by)
    return lines


CHANGE = "territories.change_designation"

TERRITORY_ACTS = (
    Act(
        "grant",
        "Accorder le label",
        "territories.add_designation",
        label.grant_lines,
        grant,
        ("territoire labellisé", "territoires labellisés"),
        GrantForm,
    ),
)
DESIGNATION_ACTS = (
    Act(
        "suspend",
        "Suspendre le label",
        CHANGE,
        label.suspend_lines,
        suspend,
        ("label suspendu", "labels suspendus"),
        ReasonForm,
        "La page du territoire reste publique et dit que le label est suspendu. On peut le "
        "rétablir.",
    ),
    Act(
        "reinstate",
        "Rétablir le label",
        CHANGE,
        label.reinstate_lines,
        reinstate,
        ("label rétabli", "labels rétablis"),
        ReasonForm,
        "La suspension est levée\u00a0; l’échéance ne change pas.",
    ),
    Act(
        "withdraw",
        "Retirer le label",
        CHANGE,
        label.withdraw_lines,
        withdraw,
        ("label retiré", "labels retirés"),
        ReasonForm,
        "La page du territoire reste publique et dit que le label est retiré. Pour le rendre, il "
        "faudra l’accorder de nouveau.",
    ),
    Act(
        "renew",
        "Renouveler le label",
        CHANGE,
        label.renew_lines,
        renew,
        ("label renouvelé", "labels renouvelés"),
        RenewForm,
        "L’échéance recule\u00a0; un label expiré est de nouveau en vigueur.",
    ),
)
WAVE_ACTS = (
    Act(
        "hold",
        "Mettre sous embargo",
        "territories.change_wave",
        label.hold_lines,
        hold,
        ("vague sous embargo", "vagues sous embargo"),
        NoForm,
        "Tant que la vague n’est pas annoncée, rien de ses labels ne paraît\u00a0: liste, carte, "
        "«\u00a0Ma commune\u00a0», recherche, pages.",
        alone=True,
    ),
    Act(
        "announce",
        "Annoncer la vague",
        "territories.change_wave",
        label.announce_lines,
        announce,
        ("territoire annoncé", "territoires annoncés"),
        AnnounceForm,
        "Tous les labels de la vague paraissent ensemble, à l’heure dite, sans autre geste\u00a0; "
        "rien avant. Jusque-là, l’annonce se déplace ou s’annule.",
        alone=True,
    ),
    Act(
        "cancel",
        "Annuler l’annonce",
        "territories.change_wave",
        label.cancel_lines,
        cancel,
        ("annonce annulée", "annonces annulées"),
        ReasonForm,
        alone=True,
    ),
)
