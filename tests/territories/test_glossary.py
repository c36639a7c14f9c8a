"""Abbreviations, spelled out at their first use on a page."""

import pytest

from territories.glossary import MEANINGS, spell_out

ESS = '<abbr title="économie sociale et solidaire">ESS</abbr>'


def test_the_first_use_is_spelled_out_and_no_other():
    assert spell_out("L’ESS et l’ESS.") == f"L’{ESS} et l’ESS."


def test_each_abbreviation_has_its_own_first_use():
    fiso = '<abbr title="fonds d’innovation sociale">FISO</abbr>'

    assert spell_out("ESS, FISO, ESS") == f"{ESS}, {fiso}, ESS"


@pytest.mark.parametrize("text", ["ESSOR", "PRESSE", "ess", "l’AMITIÉ", "EPCIs", ""])
def test_a_part_of_a_word_is_no_abbreviation(text):
    assert spell_out(text) == text


def test_the_text_is_escaped():
    assert spell_out('<b>ESS</b> & "EA"') == (
        f'&lt;b&gt;{ESS}&lt;/b&gt; &amp; &quot;<abbr title="entreprise adaptée">EA</abbr>&quot;'
    )


def test_what_comes_out_is_not_escaped_again():
    assert spell_out("ESS").__html__() == ESS


def test_every_abbreviation_is_found():
    for word, meaning in MEANINGS.items():
        assert spell_out(f"un {word}.") == f'un <abbr title="{meaning}">{word}</abbr>.'
