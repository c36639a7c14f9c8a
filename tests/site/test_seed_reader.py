import re
from datetime import date

import pytest

from frenchimpact.seed.reader import Record, SourceError, read_file


def written(folder, text):
    path = folder / "essai.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(message):
    return pytest.raises(SourceError, match=f"^{re.escape(message)}$")


def test_each_object_knows_the_line_it_opens_on(tmp_path):
    content = read_file(written(tmp_path, '{\n"un": {"a": 1},\n"deux": [\n{"a": 2}, {\n"a": 3}]}'))

    assert (content.file, content.line) == ("essai.json", 1)
    assert content["un"].line == 2
    assert [item.line for item in content["deux"]] == [4, 4]
    assert content == {"un": {"a": 1}, "deux": [{"a": 2}, {"a": 3}]}


def test_a_byte_order_mark_is_ignored(tmp_path):
    assert read_file(written(tmp_path, b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n"a": 1,\n}', "essai.json, ligne 3\u00a0: JSON mal formé (colonne 1)"),
        ('{\n"a": [1,\n2', "essai.json, ligne 3\u00a0: JSON mal formé (colonne 2)"),
        ("", "essai.json, ligne 1\u00a0: JSON mal formé (colonne 1)"),
        ("[1]", "essai.json, ligne 1\u00a0: un objet est attendu"),
        (b'{\n"a": "\xe9"}', "essai.json, ligne 2\u00a0: le fichier n’est pas en UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path, text, message):
    with refused(message):
        read_file(written(tmp_path, text))


def test_an_absent_file_is_named(tmp_path):
    with refused("absent.json\u00a0: fichier introuvable ou illisible"):
        read_file(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (str, 3, "un texte"),
        (str, [], "un texte"),
        (int, "3", "un nombre entier"),
        (int, True, "un nombre entier"),
        (int, 3.5, "un nombre entier"),
        (bool, 1, "true ou false"),
        (list, "abc", "une liste"),
        (Record, "abc", "un objet"),
    ],
)
def test_a_value_of_another_type_is_refused(kind, value, expected):
    message = f"\u00a0: «\u00a0clé\u00a0» devrait être {expected}"
    with refused(f", ligne 0{message}"):
        Record(clé=value).read("clé", kind)


@pytest.mark.parametrize("record", [Record(), Record(clé=None)])
def test_a_value_that_is_required_may_not_be_absent_nor_null(record):
    with refused(", ligne 0\u00a0: «\u00a0clé\u00a0» manque"):
        record.read("clé", str)

    assert record.read("clé", str, "à défaut") == "à défaut"


def test_every_item_of_a_list_is_checked():
    with refused(", ligne 0\u00a0: chaque élément de «\u00a0clé\u00a0» devrait être un texte"):
        Record(clé=["un", 2]).read_all("clé", str)


@pytest.mark.parametrize(
    ("record", "day"),
    [
        (Record(value="2019-12-31", precision="year-end"), date(2019, 12, 31)),
        (Record(value="2021", precision="year"), date(2021, 12, 31)),
    ],
)
def test_a_date_is_the_last_day_of_what_is_said(record, day):
    assert record.last_day() == day


def test_what_is_no_date_is_refused():
    with refused(", ligne 0\u00a0: «\u00a0bientôt\u00a0» n’est ni un jour ni une année"):
        Record(value="bientôt", precision="year").last_day()
