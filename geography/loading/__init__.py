"""The official areas, from the files of ``data/`` to the database."""

from geography.loading.reading import BrokenFile, Source, read
from geography.loading.storing import Report, store

__all__ = ["BrokenFile", "Report", "Source", "read", "store"]
