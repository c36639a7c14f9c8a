"""Rows with sensible defaults; a test names only what it is about."""

from datetime import date, timedelta
from io import BytesIO
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from challenges.models import (
    Challenge,
    Objective,
    ProgressReport,
    Proposal,
    ProposedChange,
    Reading,
    Theme,
)
from editorial.models import Notice, Passage
from geography.models import Area, Outline
from manifesto.models import Manifesto, Statement
from outbox.models import Message
from territories.models import (
    Commitment,
    Coordinator,
    Designation,
    Instrument,
    Invitation,
    Measure,
    Organisation,
    Pillar,
    Territory,
    Wave,
)
from territories.pictures import read

numbers = count(1)


def user(**fields):
    password = fields.pop("password", "une phrase de passe")
    return User.objects.create_user(
        **{"email": f"personne{next(numbers)}@exemple.test"} | fields, password=password
    )


KEY = "JBSWY3DPEHPK3PXP"  # of the authenticators of the tests


def second_factor(user):
    """The authenticator of an account, once."""
    return Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(KEY)}}
    )[0]


def message(**fields):
    """An e-mail that waits to be sent."""
    n = next(numbers)
    return Message.objects.create(
        **{"key": f"essai-{n}", "to": f"a{n}@exemple.test", "subject": "Objet", "text": "Bonjour."}
        | fields
    )


def coordinator(**fields):
    """A referent of a territory, with rights since a day ago."""
    return Coordinator.objects.create(
        **{
            "user": fields.get("user") or user(),
            "territory": fields.get("territory") or territory(),
            "role": "referent",
            "since": timezone.now() - timedelta(days=1),
        }
        | fields
    )


def invitation(**fields):
    return Invitation.objects.create(
        **{
            "territory": fields.get("territory") or territory(),
            "email": f"invite{next(numbers)}@exemple.test",
            "invited_by": fields.get("invited_by") or user(),
        }
        | fields
    )


def area(**fields):
    """An area drawn as a square; ``parents`` is a list of areas, ``path=None`` draws none."""
    n = next(numbers)
    parents = fields.pop("parents", [])
    path = fields.pop("path", f"M{n % 900},10l20,0 0,20 -20,0z")
    created = Area.objects.create(
        **{
            "level": "epci",
            "code": f"{n:09}",
            "name": f"Zone {n}",
            "frame": "metropole",
            "x": n % 900 + 10.0,
            "y": 20.0,
            "lon": 2.35,
            "lat": 48.85,
        }
        | fields
    )
    created.parents.set(parents)
    if path:
        Outline.objects.create(area=created, path=path)
    return created


def wave(number=1, **fields):
    return Wave.objects.get_or_create(number=number, defaults=fields)[0]


def territory(*, areas=(), labelled=True, **fields):
    """A published territory, labelled in the first wave unless told otherwise."""
    n = next(numbers)
    created = Territory.objects.create(
        **{
            "name": f"Territoire {n}",
            "slug": f"territoire-{n}",
            "kind": "agglomeration",
            "publication": "published",
        }
        | fields
    )
    created.areas.set(areas)
    if labelled:
        designation(territory=created)
    return created


def designation(**fields):
    return Designation.objects.create(
        territory=fields.pop("territory", None) or territory(labelled=False),
        wave=fields.pop("wave", None) or wave(),
        **fields,
    )


def organisation(**fields):
    n = next(numbers)
    return Organisation.objects.create(
        **{"name": f"Acteur {n}", "slug": f"acteur-{n}", "category": "association"} | fields
    )


def pillar(position=None, **fields):
    position = position or 6 + next(numbers)  # past those a test gives
    return Pillar.objects.create(
        **{
            "position": position,
            "slug": f"axe-{position}",
            "title": f"Intitulé de l’axe {position}",
            "short_title": f"Axe {position}",
        }
        | fields
    )


def measure(**fields):
    return Measure.objects.create(
        **{"pillar": fields.get("pillar") or pillar(), "position": 1, "wording": "Une mesure"}
        | fields
    )


def instrument(**fields):
    n = next(numbers)
    return Instrument.objects.create(
        **{
            "slug": f"dispositif-{n}",
            "name": f"Dispositif {n}",
            "nature": "outil",
            "measure": fields.get("measure") or measure(),
        }
        | fields
    )


def commitment(**fields):
    return Commitment.objects.create(
        **{
            "territory": fields.get("territory") or territory(),
            "pillar": fields.get("pillar") or pillar(),
            "title": "Un engagement",
            "side": "state",
        }
        | fields
    )


def challenge(**fields):
    """A published challenge of a published, labelled territory, without objective."""
    n = next(numbers)
    return Challenge.objects.create(
        **{
            "territory": fields.get("territory") or territory(),
            "carrier": fields.get("carrier") or organisation(),
            "number": n,
            "title": f"Défi {n}",
            "slug": f"defi-{n}",
            "publication": "published",
        }
        | fields
    )


def theme(**fields):
    n = next(numbers)
    return Theme.objects.create(**{"name": f"Thème {n}", "slug": f"theme-{n}"} | fields)


PROMISE = {
    "wording": "10 ateliers",
    "kind": "count",
    "target": "10",
    "unit": "ateliers",
    "scope": "",
    "due_on": "",
    "due_precision": "",
    "baseline": "",
    "baseline_on": "",
    "milestones": "",
}


def proposed_change(*, challenge, **fields):
    """A change that an open proposal asks for: a new objective, unless said otherwise."""
    proposal = challenge.proposals.open().first() or Proposal.objects.create(
        challenge=challenge, author=user()
    )
    return ProposedChange.objects.create(
        **{"proposal": proposal, "field": "objective", "after": PROMISE} | fields
    )


def objective(**fields):
    """A count objective: 25 people by the end of 2021."""
    kind = fields.get("kind", "count")
    defaults = {
        "count": {"target": 25, "unit": "personnes", "wording": "25 personnes d’ici 2021"}
        | {"due_on": date(2021, 12, 31), "due_precision": "year"},
        "rate": {"target": 1, "unit": "maison", "wording": "Une maison par an"},
        "zero": {"target": 0, "unit": "sans toit", "wording": "Zéro sans toit"},
        "qualitative": {"wording": "Ouvrir le lieu"},
    }[kind]
    owner = fields.get("challenge") or challenge()
    return Objective.objects.create(
        **{"challenge": owner, "kind": kind, "position": owner.objectives.count() + 1}
        | defaults
        | fields
    )


def reading(**fields):
    return Reading.objects.create(
        **{
            "objective": fields.get("objective") or objective(),
            "on": date(2020, 6, 30),
            "value": 10,
            "source": "Comptage du porteur",
        }
        | fields
    )


def report(**fields):
    return ProgressReport.objects.create(
        **{
            "challenge": fields.get("challenge") or challenge(),
            "on": date(2020, 6, 30),
            "mood": "moving",
            "text": "Tout avance.",
        }
        | fields
    )


def photo(name="photo.jpg", size=(1600, 1200), kind="JPEG", **saved):
    """A file as somebody sends it: a blue picture."""
    content = BytesIO()
    Image.new("RGB", size, "#2a5bd7").save(content, kind, **saved)
    return SimpleUploadedFile(name, content.getvalue(), f"image/{kind.lower()}")


def picture(**fields):
    """A picture just read from such a file, to be written with its row."""
    return read(photo(**fields))


def manifesto(**fields):
    """A manifesto in force with one statement."""
    created = Manifesto.objects.create(**{"number": 1, "in_force": True} | fields)
    Statement.objects.create(
        manifesto=created, position=1, headline="Nous sommes.", paragraph="Ensemble."
    )
    return created


def passage(key="home_lead", text=""):
    """A passage that staff rewrote, or not yet."""
    return Passage.objects.update_or_create(key=key, defaults={"text": text})[0]


def notice(**fields):
    """An announcement that shows since an hour ago, until tomorrow."""
    now = timezone.now()
    times = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(days=1)}
    return Notice.objects.create(**{"text": "Le portail fermera samedi."} | times | fields)
