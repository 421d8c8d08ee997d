"""Django's settings. What an installation can choose is declared in `env.py`; the rest is decided here."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from etappe.config import env
from etappe.config.home import find
from etappe.config.logs import logging_settings

SOURCE = Path(__file__).parent.parent

# --- Where it is reached ---
DEBUG = env.DEBUG.value()
ADDRESS = env.ADDRESS.value() or f"http://localhost:{env.PORT.value()}"
IS_HTTPS = ADDRESS.startswith("https://")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", str(urlsplit(ADDRESS).hostname), *env.HOSTS.value()]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
USE_X_FORWARDED_HOST = False
SECRET_KEY = env.SECRET_KEY.value() or find().made().secret("secret-key")

# --- Rooms ---
ROOMS = ["journal", "team", "people", "playbook", "deals", "imports", "records", "insights", "exports", "web", "api"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    *(f"etappe.{room}" for room in ROOMS),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
]
AUTH_USER_MODEL = "team.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "etappe.config.urls"
WSGI_APPLICATION = "etappe.config.wsgi.application"
ETAPPE_SUBSCRIPTIONS = "etappe.config.subscriptions.SUBSCRIPTIONS"
ETAPPE_START_EMPTY = "etappe.config.requests.start_empty"
ETAPPE_ENGINE = env.ENGINE.value()
ETAPPE_FACTS = env.FACTS.value() or find().path / "facts"
ETAPPE_ENGINE_MEMORY = f"{env.ENGINE_MEMORY.value()}MB"
ETAPPE_SPARK = env.SPARK.value()
ETAPPE_SPARK_HOST = env.SPARK_HOST.value()
ETAPPE_SPARK_CORES = env.SPARK_CORES.value()
ETAPPE_SPARK_SECONDS = env.SPARK_SECONDS.value()
PROCRASTINATE_IMPORT_PATHS = ["etappe.config.jobs"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "etappe.web.middleware.SizeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "etappe.web.middleware.PersonMiddleware",
    "etappe.web.middleware.SignInMiddleware",
    "etappe.web.middleware.EdgeMiddleware",
    "etappe.api.middleware.IdempotencyMiddleware",
]

TEMPLATE_FILES = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("etappe.web.folding.Loader", TEMPLATE_FILES)])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "etappe.web.shell.context",
            ],
        },
    },
]

FORM_RENDERER = "etappe.web.renderer.Renderer"

# --- Database ---
POOLED = {"min_size": 1, "max_size": env.WEB_THREADS.value() + 1, "max_idle": 60.0}


def database(url: dict[str, Any] | None, *, pooled: bool) -> dict[str, Any]:
    """Django's description of the connection. A pool serves processes that hold many threads."""
    described = url or {"NAME": "etappe", "OPTIONS": {}}
    fixed = {"options": "-c search_path=public -c timezone=UTC", "application_name": "etappe"}
    options = {**fixed, **described["OPTIONS"], **({"pool": POOLED} if pooled else {})}
    return {"ENGINE": "django.db.backends.postgresql", **described, "OPTIONS": options}


DATABASES = {"default": database(env.DATABASE.value(), pooled=env.POOL.value())}
PREPARES_STATEMENTS = env.PREPARE.value()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "etappe_cache"}}

# --- Language and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = sorted((SOURCE / "locale").glob("*"))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Sign-in ---
AUTHENTICATION_BACKENDS = ["etappe.config.sessions.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "etappe.config.signin.ClosedAdapter"
ACCOUNT_FORMS = {"reset_password": "etappe.config.signin.ResetForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # colleagues are invited by an administrator, who vouches for the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail from here because a stranger typed their address
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "10/m/ip,3/h/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.PROXY.value() else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: the administrator who invites vouches for the address
MFA_ADAPTER = "etappe.config.factors.Factors"
MFA_FORMS = {"add_webauthn": "etappe.config.factors.AddPasskeyForm"}
MFA_TOTP_ISSUER = "Etappe"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # passkeys on http://localhost, where there is no wire to listen on
USERSESSIONS_TRACK_ACTIVITY = False  # a request that only reads writes nothing
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# --- Safety ---
PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_ENGINE = "etappe.config.sessions"
SESSION_COOKIE_NAME = f"{PREFIX}etappe-session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{PREFIX}etappe-csrf"
CSRF_FAILURE_VIEW = "etappe.web.refusals.csrf_failed"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "etappe-language"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.PROXY.value() else None
X_FRAME_OPTIONS = (
    "DENY"  # the view that shows evidence in a sandboxed frame relaxes this and frame-ancestors for itself
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Files, mail, logs ---
STATIC_URL = "static/"
STATIC_ROOT = find().path / "static"
EXPORTS = find().path / "exports"  # archives of everything, until they expire
UPLOADS = find().path / "uploads"  # files of an import, until it has read them
IS_COLLECTED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not IS_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_DIRS = [path for path in [SOURCE / "web" / "static"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files live in the database, not beside it
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
_SMTP = env.SMTP.value()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _SMTP else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = (_SMTP["host"], _SMTP["port"]) if _SMTP else ("", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (_SMTP["user"], _SMTP["password"]) if _SMTP else ("", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = (_SMTP["use_ssl"], _SMTP["use_tls"]) if _SMTP else (False, False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.MAIL_FROM.value()
LOGGING_CONFIG = None  # configured by the commands, so that an import of the settings says nothing
LOGGING = logging_settings(env.LOG.value(), env.LOG_LEVEL.value())
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # addresses are unique whatever their case, which the check cannot read
