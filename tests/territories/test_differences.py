"""Two texts compared by words."""

from time import process_time

import pytest

from territories.differences import Piece, compare, shortened


def told(before, after):
    return [(piece.state, piece.text) for piece in compare(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("", "Un toit.", [("come", "Un toit.")]),
        ("Un toit.", "", [("gone", "Un toit.")]),
        (
            "Un toit pour tous.\nVite",
            "Un toit pour chacun.\nVite",
            [("kept", "Un toit pour "), ("gone", "tous"), ("come", "chacun"), ("kept", ".\nVite")],
        ),
        # Not a space kept between two words that go.
        (
            "Un logement pour vingt personnes",
            "Un jardin ouvert à tous",
            [("kept", "Un "), ("gone", "logement pour vingt personnes")]
            + [("come", "jardin ouvert à tous")],
        ),
    ],
)
def test_tells_what_goes_and_what_comes(before, after, pieces):
    assert told(before, after) == pieces


@pytest.mark.parametrize(
    ("before", "after"), [("a " * 5000, "b " * 5000), ("a b " * 2500, "b a c " * 1600)]
)
def test_texts_made_to_be_long_to_compare_are_not(before, after):
    start = process_time()
    pieces = told(before, after)

    assert process_time() - start < 5  # ten times the most
    assert "".join(text for state, text in pieces if state != "come") == before
    assert "".join(text for state, text in pieces if state != "gone") == after


def test_a_long_text_is_cut_far_from_its_changes():
    start, end = "début " * 100, " suite" * 100
    pieces = shortened(compare(f"{start}ancien{end}", f"{start}nouveau{end}"))

    assert [piece.state for piece in pieces] == ["kept", "gone", "come", "kept"]
    assert sum(len(piece.text) for piece in pieces) < 200
    assert shortened([Piece("court", "kept")]) == [Piece("court", "kept")]
