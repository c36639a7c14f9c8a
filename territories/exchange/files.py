"""Spreadsheet files, CSV or XLSX, read within bounds and written without formulas."""

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.cell import WriteOnlyCell

from territories.exchange.cells import CONTROLS, escape, in_words

MOST_BYTES = 5_000_000
TOO_BIG = "Ce fichier dépasse 5\u00a0Mo\u00a0: coupez-le en plusieurs."
MOST_UNZIPPED = 60_000_000  # bytes of the parts of an XLSX file, once open
MOST_ROWS = 20_000
MOST_LINES = 50_000  # with the empty ones, that a workbook may have by the million
TOO_LONG = f"Plus de {MOST_ROWS} lignes\u00a0: coupez ce fichier en plusieurs."
MOST_COLUMNS = 60
LONGEST_CELL = 100_000  # characters
LONGEST_XLSX_CELL = 32_767  # what the format holds
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FileError(ValueError):
    """A file that cannot be read, or written; says why in French."""


@dataclass
class Table:
    """``numbers``: of the rows, as a spreadsheet shows them; ``faults``: by number, why refused."""

    headings: list[str]
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


def read(content: bytes) -> Table:
    if not content:
        raise FileError("Ce fichier est vide.")
    if len(content) > MOST_BYTES:
        raise FileError(
            f"Ce fichier dépasse {MOST_BYTES // 1_000_000} Mo\u00a0: coupez-le en deux."
        )
    is_xlsx = content.startswith(b"PK\x03\x04")
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise FileError("Ce fichier n’est ni un CSV ni un XLSX\u00a0: enregistrez-le en XLSX.")
    lines = xlsx_lines(content) if is_xlsx else csv_lines(content)
    table = None
    for number, (cells, fault) in enumerate(lines, 1):
        if number > MOST_LINES:
            raise FileError(TOO_LONG)
        if not fault and not any(cells):
            continue
        if table is None:
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise FileError(
                    f"Plus de {MOST_COLUMNS} colonnes\u00a0: est-ce le bon fichier\u00a0?"
                )
            table = Table(cells)
            continue
        add(table, number, cells, fault)
        if len(table.rows) > MOST_ROWS:
            raise FileError(TOO_LONG)
    if table is None:
        raise FileError("Ce fichier est vide.")
    if not table.rows:
        raise FileError("Ce fichier n’a que des titres de colonnes, aucune ligne.")
    return table


def add(table, number, cells, fault):
    width = len(table.headings)
    if any(cells[width:]):
        fault = fault or "Plus de cellules que de titres de colonnes."
    if any("\0" in cell for cell in cells):
        fault = fault or "Une cellule contient un caractère interdit (nul)."
    if any(len(cell) > LONGEST_CELL for cell in cells):
        fault = fault or f"Une cellule dépasse {LONGEST_CELL} caractères."
    if fault:
        table.faults[number] = fault
    table.rows.append((cells + [""] * width)[:width])
    table.numbers.append(number)


def csv_lines(content):
    text = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    csv.field_size_limit(MOST_BYTES)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield row[:], ""
    except csv.Error as error:
        raise FileError("Ce CSV est mal formé\u00a0: enregistrez-le de nouveau.") from error


def decoded(content):
    """UTF-8, UTF-16 by its mark, or what Excel writes on Windows."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for encoding in [marks.get(content[:2], "utf-8-sig"), "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError("L’encodage de ce fichier est illisible\u00a0: enregistrez-le en CSV UTF-8.")


def xlsx_lines(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # The sizes announced may lie: the parts are read, within bounds.
            room = MOST_UNZIPPED
            for part in archive.infolist():
                with archive.open(part) as stream:
                    while chunk := stream.read(1 << 20):
                        room -= len(chunk)
                        if room < 0:
                            raise FileError("Ce classeur est trop gros une fois ouvert.")
                        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                            raise FileError("Ce classeur contient des entités interdites.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MOST_COLUMNS):
            yield [said(cell) for cell in row], fault_of(row)
    except FileError:
        raise
    except Exception as error:  # openpyxl raises anything on a file made to harm
        raise FileError("Ce classeur est illisible\u00a0: enregistrez-le de nouveau.") from error


def fault_of(row):
    for cell in row:
        if cell.data_type == "f":
            return "Une cellule contient une formule\u00a0: collez sa valeur."
        if cell.data_type == "e":
            return "Une cellule contient une erreur de calcul."
    return ""


def said(cell):
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


def written(extension, headings, rows) -> bytes:
    return {"csv": written_csv, "xlsx": written_xlsx}[extension](headings, rows)


def written_csv(headings, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(headings)
    for row in rows:
        # A number is no text: a negative one stays a number.
        writer.writerow([escape(v) if isinstance(v, str) else in_words(v) for v in row])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def written_xlsx(headings, rows):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Données")
    sheet.freeze_panes = "A2"
    sheet.append(headings)
    for row in rows:
        sheet.append([xlsx_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsx_cell(sheet, value):
    if isinstance(value, str):
        text = CONTROLS.sub("", escape(value))
        if len(text) > LONGEST_XLSX_CELL:
            raise FileError("Un texte est trop long pour un classeur\u00a0: exportez en CSV.")
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # whatever it begins with
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = "DD/MM/YYYY"
    return cell
