"""What members of the team do of the rows of the administration, in its forms."""

import html5lib
from django.contrib import admin
from django.urls import reverse

from territories.admin.tracked import TrackedAdmin
from tests.forms import filled

TRACKED = {
    model._meta.label_lower: part
    for model, part in admin.site._registry.items()
    if isinstance(part, TrackedAdmin)
}
# What somebody changes in a form of each; a new model whose history is told is a new line here.
EDITS = {
    "challenges.challenge": {"need": "Un toit pour chacun.", "stage": "deployment"},
    "challenges.objective": {"wording": "30 personnes d’ici 2022", "unit": "habitants"},
    "challenges.progressreport": {"text": "Tout avance vite.", "mood": "watch"},
    "editorial.notice": {"text": "Le portail rouvre dimanche.", "level": "warning"},
    "editorial.passage": {"text": "Un label pour tous."},
    "manifesto.manifesto": {"published_on": "02/01/2020"},
    "territories.collectivemember": {"note": "Son site", "role": "lead"},
    "territories.commitment": {"title": "Ouvrir une halle", "side": "joint"},
    "territories.coordinator": {"role": "contributor"},
    "territories.criterion": {"wording": "Coopérer vraiment"},
    "territories.designation": {"granted_on": "02/01/2019"},
    "territories.instrument": {"nature": "fonds", "purpose": "Amorcer"},
    "territories.measure": {"wording": "Une autre mesure", "position": "7"},
    "territories.organisation": {"name": "Juralliance", "category": "hive"},
    "territories.pillar": {"short_title": "Financer"},
    "territories.territory": {"summary": "De la montagne à la mer.", "kind": "pays"},
    "territories.wave": {"description": "La première", "expected_by": "01/03/2019"},
}
# Those that acts alone change, once they are there.
UNCHANGEABLE = {"challenges.reading", "territories.invitation"}
# Another value of what the first one changed, where a text will not do.
OTHERS = {
    "manifesto.manifesto": {"published_on": "02/05/2020"},
    "territories.coordinator": {"role": "reader"},
    "territories.designation": {"granted_on": "02/01/2018"},
}


def address(row, page="change"):
    stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"{stem}_{page}", args=[row.pk])


def opened(client, row, query=None):
    """The form of a row, as somebody has it on the screen."""
    response = client.get(address(row), query)
    assert response.status_code == 200
    return filled(response, f"{row._meta.model_name}_form")


def save(client, row, sent):
    return client.post(address(row), sent)


def main_of(response):
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    return " ".join("".join(tree.find(".//main").itertext()).split())


def history(client, row, query=None):
    return main_of(client.get(address(row, "history"), query))


def versions(row):
    return row.history.count()
