"""Logs go to standard output and name nobody."""

import logging
import re

# From where a word starts, and no longer than an address may be: a hostile text is read once.
EMAIL = re.compile(
    r"""(?<![^\s<>"'(),:;=@\[\]])[^\s<>"'(),:;=@\[\]][^\s<>"(),:;=@\[\]]{0,63}@[\w-]+(\.[\w-]+)+"""
)


class DiscreetFormatter(logging.Formatter):
    """Masks every e-mail address, in messages as in tracebacks and database errors."""

    def format(self, record):
        return EMAIL.sub("[adresse masquée]", super().format(record))
