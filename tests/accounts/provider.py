"""A ProConnect of one’s own, on this machine: it may be told to answer anything."""

import base64
import hashlib
import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "le-portail", "un secret du fournisseur, que lui seul connaît"
PATH = "/api/v2"
EMAIL = "camille@exemple.test"


@cache
def rsa_key(name="first"):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def curve_key():
    return ec.generate_private_key(ec.SECP256R1())


def public(key, kid):
    algorithm = jwt.algorithms.ECAlgorithm if kid == "curve" else jwt.algorithms.RSAAlgorithm
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}


class Provider:
    """Its answers are made of these attributes, which a test changes.

    ``answers`` replaces the answer at a path by (status, kind, body); a path of ``silent`` never
    answers before the end of the test.
    """

    def __init__(self):
        self.person = {"given_name": "Camille", "usual_name": "Martin", "email": EMAIL}
        self.person |= {"sub": "abc", "siret": "13002526500013", "uid": "42"}
        self.claims = {}  # of the ID token, over the right ones
        self.signing = {"key": rsa_key(), "algorithm": "RS256", "kid": "first"}
        self.signing_person = None  # as the ID token when None
        self.configuration = {}
        self.answers, self.silent, self.over = {}, set(), Event()
        self.asked, self.codes = [], {}
        self.sends_back_to = ""  # where the end of a session goes before coming back
        handler = type("Handler", (Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self.origin + PATH
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def times_asked(self, path):
        return sum(asked == path for asked, _ in self.asked)

    def sent_to(self, path):
        """What the last request there held."""
        return [fields for asked, fields in self.asked if asked == path][-1]

    # What it answers: a status, a kind, a body.

    def discovery(self, fields):
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/session/end",
        }
        return self.json(known | self.configuration)

    def authorize(self, fields):
        page = (
            "<!doctype html><html lang=fr><title>ProConnect</title>"
            f"<form action='{PATH}/continue?{urlencode(fields)}' method=post>"
            "<button>Continuer</button></form>"
        )
        return 200, "text/html", page.encode()

    def proceed(self, fields):
        code = f"code-{len(self.codes)}"
        self.codes[code] = fields
        back = {"code": code, "state": fields["state"], "iss": self.url}
        return 302, f"{fields['redirect_uri']}?{urlencode(back)}", b""

    def token(self, fields):
        asked = self.codes.pop(fields.get("code"), None)
        if asked is None or fields["client_secret"] != SECRET:
            return 400, "application/json", b'{"error": "invalid_grant"}'
        if "code_challenge" in asked:
            digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
            assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert asked["redirect_uri"] == fields["redirect_uri"]
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "abc", "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"]} | self.claims
        token = self.sign(claims, self.signing)
        return self.json({"access_token": "ouvre", "token_type": "Bearer", "id_token": token})

    def userinfo(self, fields):
        claims = {"iss": self.url, "aud": CLIENT} | self.person
        token = self.sign(claims, self.signing_person or self.signing)
        return 200, "application/jwt", token.encode()

    def jwks(self, fields):
        return self.json({"keys": [public(rsa_key(), "first"), public(curve_key(), "curve")]})

    def end(self, fields):
        if self.sends_back_to:
            return 303, f"{self.sends_back_to}{PATH}/session/end?{urlencode(fields)}", b""
        return 303, f"{fields['post_logout_redirect_uri']}?state={fields['state']}", b""

    def json(self, what):
        return 200, "application/json", json.dumps(what).encode()

    def sign(self, claims, signing):
        claims = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": signing["kid"]}
        return jwt.encode(claims, signing["key"], signing["algorithm"], headers=headers)


class Handler(BaseHTTPRequestHandler):
    provider: Provider
    pages = {
        "/.well-known/openid-configuration": Provider.discovery,
        "/authorize": Provider.authorize,
        "/continue": Provider.proceed,
        "/token": Provider.token,
        "/userinfo": Provider.userinfo,
        "/jwks": Provider.jwks,
        "/session/end": Provider.end,
    }

    def do_GET(self):
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(PATH)
        length = int(self.headers.get("Content-Length", 0))
        fields = dict(parse_qsl(parts.query) + parse_qsl(self.rfile.read(length).decode()))
        self.provider.asked.append((path, fields))
        if path in self.provider.silent:
            self.provider.over.wait(30)
        if path in self.provider.answers:
            status, kind, body = self.provider.answers[path]
        elif path in self.pages:
            status, kind, body = self.pages[path](self.provider, fields)
        else:
            status, kind, body = 404, "text/plain", b"?"
        self.send_response(status)
        name = "Location" if status in {302, 303} else "Content-Type"
        self.send_header(name, kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        """Nothing on the console of the tests."""


class Stay(HTTPRedirectHandler):
    def http_error_302(self, request, answer, code, message, headers):
        answer.close()
        return headers["Location"]


def come_back(address):
    """What the person does at the provider: the address it leads back to, without the host."""
    back = build_opener(Stay).open(address.replace("/authorize?", "/continue?"), timeout=5)
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def query_of(address):
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
