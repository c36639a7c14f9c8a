"""A long import tells how far it is: its page is sent in pieces while the rows are read.

No script and no second request: the pieces are elements that a sheet lays over one another.
"""

from queue import SimpleQueue
from threading import Thread

from django.db import connection

LONG = 1_000  # rows from which an import tells how far it is
STEPS = 20  # what a screen reader hears, at most


def as_it_goes(work, total):
    """Yield how many rows are done, a few times, then what ``work(step)`` returns.

    ``work`` runs in a thread and on a connection of its own, and calls ``step(number)`` at each
    row: what it does goes on to its end even if nobody reads any more. Its errors are raised here.
    """
    told = SimpleQueue()
    every = max(total // STEPS, 1)

    def step(number):
        if number % every == 0:
            told.put((number, None, None))

    def run():
        try:
            told.put((None, work(step), None))
        except Exception as error:  # raised again by whoever reads
            told.put((None, None, error))
        finally:
            connection.close()

    Thread(target=run).start()
    while True:
        number, result, error = told.get()
        if error:
            raise error
        if number is None:
            yield result
            return
        yield number
