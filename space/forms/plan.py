from space.forms.edit import EditForm
from space.forms.fields import Day
from territories.editing import SITUATION
from territories.models import Commitment


class CommitmentForm(EditForm):
    """The territory's side of its plan: how far it is, and what stands in the way."""

    compared = SITUATION

    done_on = Day(label="Fait le", required=False)

    class Meta:
        model = Commitment
        fields = ["state", "done_on", "blocked_by", "unblocked_by"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("state") == Commitment.State.DONE:
            if not cleaned.get("done_on") and "done_on" not in self.errors:
                self.add_error("done_on", "Indiquez le jour où c’était fait.")
        else:
            cleaned["done_on"] = None
        return cleaned

    def words(self, pairs):
        told = super().words([])
        states = dict(Commitment.State.choices)
        return lambda name, value: states[value] if name == "state" else told(name, value)
