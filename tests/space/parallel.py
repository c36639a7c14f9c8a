"""Many people, or one who clicks twice, sending at the same moment to the site as it is served.

gunicorn and its workers are processes of their own, on the database of the tests::

    def test_…(gunicorn, grasse):
        browsers = [gunicorn.browser(user) for user in users]
        forms = [browser.form(page, address) for browser in browsers]
        answers = at_once(
            [(b, address, form | {"text": "…"}) for b, form in zip(browsers, forms, strict=True)]
        )

A browser that sends twice what one page gave it is a double click; several browsers, or several
readings of the page, are several people.
"""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Barrier
from urllib.parse import urlencode

import html5lib
from django.conf import settings

from tests.conftest import SiteClient
from tests.processes import SECONDS, environment

WORKERS, THREADS = 4, 5  # twenty requests at once, over four processes


@dataclass(frozen=True)
class Answer:
    status: int
    address: str  # where it leads, when it leads elsewhere
    html: str


@dataclass
class Browser:
    """Somebody's cookies; each request opens a connection."""

    port: int
    cookies: dict = field(default_factory=dict)

    def connect(self):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.connect()
        return connection

    def ask(self, path, fields=None, connection=None):
        """GET, or POST when there are fields."""
        connection = connection or self.connect()
        body = None if fields is None else urlencode(fields)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        html = response.read().decode()
        connection.close()
        return Answer(response.status, response.headers.get("Location", ""), html), response.headers

    def get(self, path):
        answer, headers = self.ask(path)
        for given in headers.get_all("Set-Cookie", []):
            self.cookies |= {name: each.value for name, each in SimpleCookie(given).items()}
        return answer

    def form(self, page, action=None):
        """The fields of a form of a page, as the page gives them: its key, its token, its values.

        ``action`` tells which form, when there are several; by default the one sent to the page.
        """
        tree = html5lib.parse(self.get(page).html, namespaceHTMLElements=False)
        forms = [
            f for f in tree.iterfind(".//main//form") if f.get("action", page) == (action or page)
        ]
        [found] = forms
        fields = {}
        for element in found.iter():
            name = element.get("name")
            if not name or element.tag == "button":
                continue
            if element.get("type") in {"checkbox", "radio"} and element.get("checked") is None:
                continue
            if element.tag == "select":
                chosen = [o for o in element.iter("option") if o.get("selected") is not None]
                fields[name] = (chosen or [*element.iter("option")])[0].get("value", "")
            elif element.tag == "textarea":
                fields[name] = element.text or ""
            else:
                fields[name] = element.get("value", "")
        return fields


@dataclass(frozen=True)
class Site:
    """The site served by gunicorn."""

    port: int

    def browser(self, user):
        """A browser of one's own, signed in."""
        client = SiteClient()
        client.force_login(user)
        return Browser(self.port, {name: each.value for name, each in client.cookies.items()})


def at_once(requests):
    """POST each (browser, path, fields) at the same moment; the answers, in order."""
    start = Barrier(len(requests))

    def send(request):
        browser, path, fields = request
        connection = browser.connect()
        start.wait(SECONDS)
        return browser.ask(path, fields, connection)[0]

    with ThreadPoolExecutor(len(requests)) as pool:
        return [*pool.map(send, requests)]


@contextmanager
def served(log):
    """The site, from now until the end of the block; what gunicorn says goes to a file."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as door, log.open("w") as told:
        # The door is open before the workers are up: whoever comes early waits for them there.
        command = [sys.executable, "-m", "gunicorn", "frenchimpact.wsgi", "--no-control-socket"]
        command += ["--bind", f"fd://{door.fileno()}"]
        command += ["--workers", f"{WORKERS}", "--threads", f"{THREADS}"]
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env=environment(),
            cwd=settings.BASE_DIR,
            pass_fds=[door.fileno()],
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Site(door.getsockname()[1])
        finally:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
