"""ProConnect, by which public agents sign in: what we ask of it, and how its answers are checked.

OpenID Connect, by the authorization code. Of what it says, only the address and the name serve.
Nothing here knows a request; nothing raised or logged names anybody.
"""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.crypto import constant_time_compare

SCOPES = "openid email given_name usual_name"
ALGORITHMS = {"RS256", "ES256"}  # never a shared secret, never « none »
NEEDED = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
TIMEOUT = 5  # seconds an answer may take; a code is worth thirty
LONGEST = 200_000  # bytes of an answer
LEEWAY = 30  # seconds by which two clocks may differ
ATTEMPT_SECONDS = 600  # from our page to the return
KEPT_SECONDS = 600  # how long the provider’s addresses are kept
QUIET_SECONDS = 15  # after a failure, a provider that is down is left alone
# What the library raises of a token or a key that means nothing.
UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError)


class ProConnectError(Exception):
    """The provider did not answer, or what it answered cannot be trusted."""


class Cancelled(Exception):
    """The person went back instead of signing in."""


@dataclass(frozen=True)
class Identity:
    """Who ProConnect says has come, and what signing out of it will need."""

    email: str
    name: str
    session: dict


def origin():
    """The only origin that a form of our sign-in page may lead to, besides ours."""
    parts = urlsplit(settings.PROCONNECT["url"])
    return f"{parts.scheme}://{parts.netloc}"


def new_attempt(next_url):
    """What this browser must remember from our page to its return."""
    return {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
        "next": next_url,
        "at": time.time(),
    }


def authorize_address(attempt):
    """Where the person signs in at the provider."""
    provider = discover()
    asked = {
        "response_type": "code",
        "client_id": settings.PROCONNECT["client_id"],
        "redirect_uri": return_address(),
        "scope": SCOPES,
        "state": attempt["state"],
        "nonce": attempt["nonce"],
    }
    if knows_pkce(provider):
        digest = hashlib.sha256(attempt["verifier"].encode()).digest()
        asked["code_challenge"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked["code_challenge_method"] = "S256"
    return with_query(provider["authorization_endpoint"], asked)


def identify(attempt, answer):
    """The ``Identity`` of who comes back with ``answer``, the query of the return address."""
    if not attempt or not constant_time_compare(answer.get("state", ""), attempt["state"]):
        raise ProConnectError("retour sans départ, ou déjà servi")
    if time.time() - attempt["at"] > ATTEMPT_SECONDS:
        raise ProConnectError("retour trop tardif")
    if answer.get("iss", settings.PROCONNECT["url"]) != settings.PROCONNECT["url"]:
        raise ProConnectError("retour d’un autre fournisseur")
    if answer.get("error") == "access_denied":
        raise Cancelled
    if "error" in answer or not answer.get("code"):
        raise ProConnectError("retour sans code")
    provider = discover()
    tokens = exchange(provider, answer["code"], attempt["verifier"])
    keys = fetch_keys(provider)
    signed_in = decode(tokens["id_token"], keys, ["iss", "aud", "sub", "exp", "iat", "nonce"])
    if not constant_time_compare(signed_in["nonce"], attempt["nonce"]):
        raise ProConnectError("jeton d’une autre connexion")
    person = decode(fetch_person(provider, tokens["access_token"]), keys, ["iss", "aud", "sub"])
    if person["sub"] != signed_in["sub"]:
        raise ProConnectError("identité d’une autre personne")
    session = {"end": provider["end_session_endpoint"], "id_token": tokens["id_token"]}
    return Identity(email_of(person), name_of(person), session)


def sign_out_address(session):
    """Where the provider’s own session ends, then leads back to us; empty if there is none.

    Leaving does not wait for the provider: all that it takes was kept at the entrance.
    """
    if not (settings.PROCONNECT and session and is_ours(session["end"])):
        return ""
    return with_query(
        session["end"],
        {
            "id_token_hint": session["id_token"],
            "state": secrets.token_urlsafe(32),
            "post_logout_redirect_uri": settings.SITE_URL + reverse("accounts:signed-out"),
        },
    )


def return_address():
    return settings.SITE_URL + reverse("accounts:proconnect-return")


def with_query(address, fields):
    return f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"


def knows_pkce(provider):
    """ProConnect refuses any parameter it does not know: PKCE only where it is announced."""
    methods = provider.get("code_challenge_methods_supported")
    return isinstance(methods, list) and "S256" in methods


def cache_key():
    return f"proconnect:{settings.PROCONNECT['url']}"


def discover():
    """The addresses of the provider, all of its own origin."""
    cache, key = caches["local"], cache_key()
    if provider := cache.get(key):
        return provider
    if cache.get(f"{key}:down"):
        raise ProConnectError("fournisseur injoignable il y a peu")
    try:
        provider = fetch_json(settings.PROCONNECT["url"] + "/.well-known/openid-configuration")
        if provider.get("issuer") != settings.PROCONNECT["url"]:
            raise ProConnectError("configuration d’un autre fournisseur")
        if not all(is_ours(provider.get(name)) for name in NEEDED):
            raise ProConnectError("configuration sans adresse, ou qui mène ailleurs")
        if not is_ours(provider.get("end_session_endpoint")):
            provider["end_session_endpoint"] = ""
    except ProConnectError:
        cache.set(f"{key}:down", True, QUIET_SECONDS)
        raise
    cache.set(key, provider, KEPT_SECONDS)
    return provider


def is_ours(address):
    """Whether an address is one of the provider’s, of printable letters only."""
    return (
        isinstance(address, str)
        and address.startswith(origin() + "/")
        and address.isascii()
        and not any(letter.isspace() or not letter.isprintable() for letter in address)
    )


def exchange(provider, code, verifier):
    """The tokens that a code is worth."""
    fields = {
        "grant_type": "authorization_code",
        "client_id": settings.PROCONNECT["client_id"],
        "client_secret": settings.PROCONNECT["client_secret"],
        "redirect_uri": return_address(),
        "code": code,
    }
    if knows_pkce(provider):
        fields["code_verifier"] = verifier
    tokens = fetch_json(provider["token_endpoint"], data=urlencode(fields).encode())
    for name in ["access_token", "id_token"]:
        token = tokens.get(name)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProConnectError("réponse sans jeton")
    return tokens


def fetch_person(provider, access_token):
    """What the provider says of the person: a signed token, and nothing else."""
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/jwt"}
    kind, body = fetch(provider["userinfo_endpoint"], headers=headers)
    if kind != "application/jwt":
        raise ProConnectError("identité non signée")
    return body


def fetch_keys(provider):
    """The keys with which the provider signs now, by name."""
    try:
        listed = jwt.PyJWKSet.from_dict(fetch_json(provider["jwks_uri"])).keys
    except UNREADABLE:
        raise ProConnectError("clés illisibles") from None
    return {key.key_id: key for key in listed if key.algorithm_name in ALGORITHMS}


def decode(token, keys, required):
    """What a token says, once its signature, issuer, audience and dates are checked."""
    try:
        key = keys.get(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            raise ProConnectError("jeton signé d’une clé inconnue")
        said = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=settings.PROCONNECT["client_id"],
            issuer=settings.PROCONNECT["url"],
            leeway=LEEWAY,
            options={"require": required},
        )
    except (*UNREADABLE, RecursionError) as error:
        raise ProConnectError(f"jeton refusé ({type(error).__name__})") from None
    if said.get("azp", settings.PROCONNECT["client_id"]) != settings.PROCONNECT["client_id"]:
        raise ProConnectError("jeton destiné à un autre site")
    if not all(isinstance(said[name], str) for name in {"sub", "nonce"} & {*required}):
        raise ProConnectError("jeton mal formé")
    return said


def email_of(person):
    email = person.get("email")
    try:
        validate_email(email if isinstance(email, str) else "")
    except ValidationError:
        raise ProConnectError("identité sans adresse électronique") from None
    if person.get("email_verified") is False:
        raise ProConnectError("adresse électronique non vérifiée")
    return email.strip().lower()


def name_of(person):
    parts = [person.get(field) for field in ["given_name", "usual_name"]]
    words = " ".join(part for part in parts if isinstance(part, str)).split()
    return "".join(letter for letter in " ".join(words) if letter.isprintable())[:150]


class NoRedirect(HTTPRedirectHandler):
    """A provider answers where it said it would."""

    def redirect_request(self, *args):
        return None


def fetch_json(address, data=None):
    _, body = fetch(address, data=data, headers={"Accept": "application/json"})
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProConnectError("réponse illisible")
    return found


def fetch(address, *, data=None, headers):
    """The kind and the bytes of an answer of the provider, in time and of a decent length."""
    path, end = urlsplit(address).path, time.monotonic() + TIMEOUT
    body = b""
    try:
        asked = Request(address, data=data, headers=headers)  # noqa: S310 — is_ours() or settings
        with build_opener(NoRedirect).open(asked, timeout=TIMEOUT) as answer:
            while chunk := answer.read1(65_536):
                body += chunk
                if len(body) > LONGEST or time.monotonic() > end:
                    raise ProConnectError(f"réponse trop longue de {path}")
            return answer.headers.get_content_type(), body
    except HTTPError as error:
        error.close()
        raise ProConnectError(f"réponse {error.code} de {path}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise ProConnectError(f"pas de réponse de {path} ({type(error).__name__})") from None
