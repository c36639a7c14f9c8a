"""The abbreviations of the field, spelled out at their first use on a page."""

import re

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

MEANINGS = {
    "AMI": "appel à manifestation d’intérêt",
    "ARS": "agence régionale de santé",
    "CPME": "Confédération des petites et moyennes entreprises",
    "EA": "entreprise adaptée",
    "EPCI": "établissement public de coopération intercommunale",
    "EPT": "établissement public territorial",
    "ESS": "économie sociale et solidaire",
    "FISO": "fonds d’innovation sociale",
    "GEIQ": "groupement d’employeurs pour l’insertion et la qualification",
    "MEDEF": "Mouvement des entreprises de France",
    "METI": "Mouvement des entreprises de taille intermédiaire",
    "RQTH": "reconnaissance de la qualité de travailleur handicapé",
    "SCIC": "société coopérative d’intérêt collectif",
}
# Or a whole tag, to be left alone: an address may hold an abbreviation.
ABBREVIATION = re.compile(r"<[^>]*>|(?<!\w)(" + "|".join(MEANINGS) + r")(?!\w)")


def spell_out(text) -> SafeString:
    """The text, escaped, with each abbreviation's meaning behind its first use."""
    met = set()

    def explained(match):
        word = match[1]
        if word is None or word in met:
            return match[0]
        met.add(word)
        return format_html('<abbr title="{}">{}</abbr>', MEANINGS[word], word)

    return mark_safe(ABBREVIATION.sub(explained, conditional_escape(text)))  # noqa: S308
