"""A list as a CSV that opens in a French spreadsheet and runs nothing."""

from datetime import date

import pytest

from territories.spreadsheet import csv_response, safe_cell


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠"]
)
def test_what_a_spreadsheet_would_run_is_text(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (12, "12"),
        (date(2020, 6, 30), "2020-06-30"),
        ("Pays de Grasse", "Pays de Grasse"),
        ("a=b", "a=b"),
        ("−3 sur 25", "−3 sur 25"),
    ],
)
def test_the_rest_is_written_as_it_is(value, text):
    assert safe_cell(value) == text


def test_a_negative_number_is_text():
    assert safe_cell(-3) == "'-3"


def test_lines_are_separated_by_semicolons_and_quoted_when_needed():
    response = csv_response("x.csv", ["Nom", "Note"], [["a;b", 'dit "oui"'], ["é\nè", None]])

    assert response.getvalue().decode() == ('\ufeffNom;Note\r\n"a;b";"dit ""oui"""\r\n"é\nè";\r\n')


def test_the_file_is_streamed_as_a_download():
    def rows():
        yield ["une"]
        raise AssertionError("la deuxième ligne a été lue trop tôt")

    response = csv_response("defis.csv", ["Nom"], rows())

    lines = iter(response)
    assert response.streaming
    assert next(lines) == "\ufeffNom\r\n".encode()
    assert next(lines) == b"une\r\n"
    with pytest.raises(AssertionError):
        next(lines)


def test_the_headers_of_the_file():
    response = csv_response("territoires.csv", [], [])

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="territoires.csv"'
