"""Settings in Django's own order; every value of a deployment comes from the environment.

The list of variables, with their meaning: docs/operations.md.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from frenchimpact import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
DATA_DIR = BASE_DIR / "data"

DEBUG = env.boolean("DEBUG", False)
HTTPS = env.boolean("HTTPS", not DEBUG)

SECRET_KEY = env.text("SECRET_KEY", "development-only-" + "x" * 50 if DEBUG else None)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEBUG else None)
SITE_URL = env.origin("SITE_URL", "http://127.0.0.1:8000" if DEBUG else None)

INSTALLED_APPS = [
    "frenchimpact",
    "accounts",
    "geography",
    "territories",
    "challenges",
    "manifesto",
    "editorial",
    "space",
    "search",
    "guides",
    "outbox",
    "frenchimpact.admin.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "dsfr",
    "widget_tweaks",
    "simple_history",
]

MIDDLEWARE = [
    "frenchimpact.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "frenchimpact.middleware.cache_policy",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.keep_session",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.second_factor",
    "space.middleware.viewing",
    "simple_history.middleware.HistoryRequestMiddleware",
    "frenchimpact.middleware.atomic_writes",
]

ROOT_URLCONF = "frenchimpact.urls"
WSGI_APPLICATION = "frenchimpact.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["territories.templatetags.french"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frenchimpact.context_processors.site",
                "space.context_processors.viewing",
            ],
        },
    }
]
FORM_RENDERER = "frenchimpact.forms.DsfrRenderer"
CRISPY_TEMPLATE_PACK = "forms"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["forms"]
CRISPY_FAIL_SILENTLY = False

try:
    DATABASES = {
        "default": dj_database_url.parse(
            env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portail.sqlite3'}")
        )
    }
except (ValueError, dj_database_url.ParseError) as error:
    # The value may hold a password: it is not repeated.
    raise ImproperlyConfigured(
        "DATABASE_URL est illisible : attendu postgres://utilisateur:motdepasse@hote:5432/base "
        "ou sqlite:///chemin/vers/base.sqlite3."
    ) from error
# Opening one for each request costs more than its queries, on SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = env.integer("DATABASE_CONN_MAX_AGE", 60)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"] |= {
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": DATABASES["default"].get("OPTIONS", {})
        | {
            "connect_timeout": 5,
            # Compiling a page's statement costs more than running it.
            "options": "-c jit=off -c statement_timeout=10000 -c lock_timeout=5000 "
            "-c idle_in_transaction_session_timeout=30000",
        },
    }
else:
    raise ImproperlyConfigured("DATABASE_URL : seules PostgreSQL et SQLite sont prises en charge.")
# Attempts to sign in are counted in the cache that every process shares.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sign-in by a code sent by mail; nobody opens their own account.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "space:home"  # the team goes to the administration: accounts/adapter.py
LOGOUT_REDIRECT_URL = "accounts:signed-out"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code proves it at each sign-in
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE says
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "10/m/ip,5/5m/key,50/d/key",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "5/5m/user",
    "proconnect": "10/m/ip",
}
ACCOUNT_FORMS = {
    "request_login_code": "accounts.forms.SignInForm",
    "confirm_login_code": "accounts.forms.EmailCodeForm",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Le French Impact"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_TOTP_INSECURE_BYPASS_CODE = "000000" if DEBUG else None
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.ActivateSecondFactorForm",
}
# ProConnect, the State's own sign-in of public agents, where these are set: accounts/proconnect.py.
PROCONNECT = None
if env.together("PROCONNECT_URL", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET"):
    PROCONNECT = {
        "url": env.secure_address("PROCONNECT_URL"),
        "client_id": env.text("PROCONNECT_CLIENT_ID"),
        "client_secret": env.text("PROCONNECT_CLIENT_SECRET"),
    }
# How many proxies of ours stand before the site: see accounts/client.py.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)

# Every mail is first a row of the outbox; `send_outbox` then hands it to this server.
EMAIL_BACKEND = "outbox.backend.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}
EMAIL_SECURITY = env.choice(
    "EMAIL_SECURITY", "none" if EMAIL_HOST == "localhost" else "starttls", EMAIL_PORTS
)
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_PORT = env.integer("EMAIL_PORT", EMAIL_PORTS[EMAIL_SECURITY], minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", f"Le French Impact <ne-pas-repondre@{urlsplit(SITE_URL).hostname}>"
)
OUTBOX_DELIVERY_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if DEBUG and EMAIL_HOST == "localhost"
    else "outbox.smtp.DeliveryBackend"
)
OUTBOX_MAILS_PER_HOUR = env.integer("OUTBOX_MAILS_PER_HOUR", 3000)  # 0: no limit

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["frenchimpact.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "frenchimpact.staticfiles.LeanAppFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "frenchimpact.staticfiles.TrimmedManifestStorage"
    },
}
# The pictures people send, redrawn: see territories/pictures.py.
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# What a request may weigh; the files in it are weighed one by one, by territories/pictures.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 5

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # probes come over plain HTTP, from inside
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.boolean("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_ENGINE = "accounts.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "frenchimpact.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "frenchimpact.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["stdout"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    # Django's own handlers would add a second copy, and mail the administrators.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True, "level": "INFO"},
        "fontTools": {"level": "WARNING"},  # it names every letter it keeps
    },
}

DSFR_CONTENT_IS_SAFE = False
DSFR_USE_INTEGRITY_CHECKSUMS = False  # they would not match the trimmed, hashed files

# What the search page finds.
SEARCH_SOURCES = "frenchimpact.search.SOURCES"

# The State's logotype is reserved to the State's own sites: off elsewhere.
STATE_BRAND = env.boolean("STATE_BRAND", True)

# Who answers for the site. The public pages show them; none is invented, so a production start
# refuses to go without (see frenchimpact/apps.py).
LEGAL = {
    "publisher": env.text("LEGAL_PUBLISHER", ""),
    "director": env.text("LEGAL_DIRECTOR", ""),
    "host": env.text("LEGAL_HOST", ""),
    "contact": env.text("LEGAL_CONTACT", ""),
    "dpo": env.text("LEGAL_DPO", ""),
}
