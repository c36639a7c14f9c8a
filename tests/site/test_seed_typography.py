import pytest

from frenchimpact.seed.typography import typeset

NB, THIN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("l'innovation d'ici", "l’innovation d’ici"),
        ("migrants...", "migrants…"),
        ("le financement : l'amorçage", f"le financement{NB}: l’amorçage"),
        ("« Hackers French Impact »", f"«{NB}Hackers French Impact{NB}»"),
        ("«Hackers»", f"«{NB}Hackers{NB}»"),
        ("un ; deux ! trois ?", f"un{THIN}; deux{THIN}! trois{THIN}?"),
        ("Croissance +, etc.", f"Croissance{NB}+, etc."),
        ("http://www.juralliance.fr à 14:30", "http://www.juralliance.fr à 14:30"),
        ("hacker@le-frenchimpact.fr", "hacker@le-frenchimpact.fr"),
        ("", ""),
    ],
)
def test_a_text_is_set_as_french_print_does(source, shown):
    assert typeset(source) == shown
    assert typeset(shown) == shown


def test_misprints_are_corrected_before_setting():
    corrections = [("main d'œuvre", "main-d’œuvre"), ("agro-alimentaires", "agroalimentaires")]

    assert typeset("manque de main d'œuvre", corrections) == "manque de main-d’œuvre"
    assert typeset("produits agro-alimentaires", corrections) == "produits agroalimentaires"
