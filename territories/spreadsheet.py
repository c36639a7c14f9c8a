"""A list as a file that opens in a French spreadsheet."""

import csv

from django.http import StreamingHttpResponse

# What a spreadsheet would take for a formula, full-width signs included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", " ", "＝", "＋", "－", "＠")


def safe_cell(value):
    """The value as text, which no spreadsheet will run."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line):
        return line


def csv_response(name, headings, rows):
    """Stream ``rows`` (iterables of values) as ``name``: UTF-8 with its mark, semicolons."""
    writer = csv.writer(Echo(), delimiter=";")

    def lines():
        yield "\ufeff" + writer.writerow(headings)
        for row in rows:
            yield writer.writerow([safe_cell(value) for value in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
