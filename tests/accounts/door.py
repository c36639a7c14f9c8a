"""Going through the door as a person does."""

import base64
import hmac
import struct
import time

from outbox.models import Message
from tests.factories import KEY

SIGN_IN = "/compte/connexion/"
CODE = "/compte/code/"
SECOND = "/compte/second-facteur/"
ACTIVATE = "/compte/second-facteur/activer/"


def code_sent():
    """The last code mailed."""
    [code] = [
        line.strip()
        for line in Message.objects.latest("pk").text.splitlines()
        if line.strip().isdigit()
    ]
    return code


def wrong(code):
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def ask(client, email, query=""):
    return client.post(SIGN_IN + query, {"email": email})


def sign_in(client, email, query=""):
    """Ask for a code and give it; return the last answer."""
    assert ask(client, email, query).status_code == 302
    return client.post(CODE + query, {"code": code_sent()})


def totp(key=KEY):
    """What an authenticator shows at this moment (RFC 6238), written apart from what checks it."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(key), moment, "sha1")
    start = digest[-1] & 15
    value = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06}"
