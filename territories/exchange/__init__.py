"""Spreadsheets in and out of the administration: the same French headings both ways."""
