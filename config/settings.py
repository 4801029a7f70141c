"""Settings, read from the environment with django-environ.

Every variable is listed with its default in ``.env.example``. A wrong value stops the start with a clear message.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.unfold import UNFOLD as UNFOLD
from config.variables import Variables

django_stubs_ext.monkeypatch()  # Django's generic classes take their type arguments at run time, too

BASE_DIR = Path(__file__).resolve().parent.parent

env = Variables(Path(os.environ.get("ENV_FILE", BASE_DIR / ".env")))
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))

# --- secrets -----------------------------------------------------------------------------------------------------
SECRET_KEY = env.required("SECRET_KEY", "Put 50 random characters into .env (see .env.example).")
FERNET_KEYS = env.texts("FERNET_KEYS", [])
if not FERNET_KEYS:
    env.required("FERNET_KEYS", "API keys are encrypted with it: put a random text into .env; newest first.")
    raise ImproperlyConfigured("FERNET_KEYS holds nothing but commas.")

DEBUG = env.yes_no("DEBUG", default=False)
ALLOWED_HOSTS = env.texts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = env.web_address("PUBLIC_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- apps --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "unfold.apps.BasicAppConfig",  # the theme without its own admin site: ours is in config.apps
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "config.apps.KontorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_q",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "accounts.apps.AccountsConfig",
    "vouchers.apps.VouchersConfig",
    "matching.apps.MatchingConfig",
    "integrations.apps.IntegrationsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferredLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.PortalVisitMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.firm",
            ],
        },
    },
]

# --- database ----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock when a transaction begins: without it, readers that turn into writers fail
    # with "database is locked" as soon as two workers meet.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-20000;"
        ),
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- background work ---------------------------------------------------------------------------------------------
QUEUE_URL = env.queue("QUEUE_URL")
QUEUE_WORKERS = env.whole("QUEUE_WORKERS", 4, 1, 64)
# How many of all workers may fetch at once; the others are left for matching, mails and webhooks.
SYNC_WORKERS = env.whole("SYNC_WORKERS", 2 if QUEUE_WORKERS > 2 else 1, 1, 16)
Q_CLUSTER = {
    "name": "kontor",
    "workers": QUEUE_WORKERS,
    # One task fetched ahead and a lock longer than two time limits: otherwise a waiting task is delivered twice.
    "queue_limit": 1,
    "bulk": 1,
    # The longest task is a crew of fetches: a turn of a minute, and the end of what is under way.
    "timeout": 600,
    "retry": 1300,
    "ack_failures": True,
    "max_attempts": 1,
    "catch_up": False,
    "save_limit": 250,
    "poll": 0.5,
    "recycle": 200,
    "time_zone": "Europe/Berlin",
    **({"redis": QUEUE_URL} if QUEUE_URL else {"orm": "default"}),
}
# Limits on guessing are counted here: they must hold over all processes, and survive a restart.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": QUEUE_URL}
    if QUEUE_URL
    # Roomy: where a full table is culled, a stranger could make room for more attempts by making many of them.
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# The login library: nobody signs up, addresses are the firm's to confirm, and unknown ones look like known ones.
STAFF_SECOND_FACTOR = env.yes_no("STAFF_SECOND_FACTOR", default=False)
ACCOUNT_ADAPTER = "accounts.login_adapter.LoginAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/300s/key",
    "request_login_code": "20/m/ip,5/15m/key",
    "login_code_guess": "30/m/ip,15/15m/key",
    "reset_password": "20/m/ip,5/15m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "accounts.login_forms.EmailLoginForm",
    "request_login_code": "accounts.login_forms.CodeRequestForm",
    "confirm_login_code": "accounts.login_forms.CodeForm",
    "reauthenticate": "accounts.login_forms.PasswordAgainForm",
}
MFA_ADAPTER = "accounts.login_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.login_forms.SecondFactorForm",
    "reauthenticate": "accounts.login_forms.SecondFactorAgainForm",
    "add_webauthn": "accounts.login_forms.PasskeyForm",
    "activate_totp": "accounts.login_forms.AuthenticatorAppForm",
}

# --- language, time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "theme"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- files -------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Bank files in INBOX_DIR/<client number>/ are imported by the clock.
INBOX_DIR = Path(folder) if (folder := env.text("INBOX_DIR")) else None
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# --- the firm, mail ----------------------------------------------------------------------------------------------
FIRM_NAME = env.text("FIRM_NAME", "Kontor")
MFA_TOTP_ISSUER = FIRM_NAME
SUPPORT_EMAIL = env.mail_address("SUPPORT_EMAIL", "support@localhost")
# How clients reach support besides; empty: not offered.
SUPPORT_PHONE = env.text("SUPPORT_PHONE")
CONSULTATION_URL = env.web_address("CONSULTATION_URL", "") if env.text("CONSULTATION_URL") else ""
# Whom clients invite as their tax adviser in Lexware Office.
ADVISER_EMAIL = env.mail_address("ADVISER_EMAIL", SUPPORT_EMAIL)
DEFAULT_FROM_EMAIL = env.mail_address("DEFAULT_FROM_EMAIL", SUPPORT_EMAIL)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
vars().update(env.mail_server("EMAIL_URL", "consolemail://"))
EMAIL_TIMEOUT = 20

# --- Lexware Office ----------------------------------------------------------------------------------------------
LEXWARE_REAL_URL = "https://api.lexware.io"
LEXWARE_API_URL = env.web_address("LEXWARE_API_URL", LEXWARE_REAL_URL)
LEXWARE_TIME_SCALE = env.factor("LEXWARE_TIME_SCALE", 1.0)
LEXWARE_WEBHOOK_PUBLIC_KEY = env.public_key("LEXWARE_WEBHOOK_PUBLIC_KEY")
SYNC_HOUR = env.whole("SYNC_HOUR", 5, 3, 22, "at 2 o'clock the clocks are changed")
SYNC_SPREAD_MINUTES = env.whole("SYNC_SPREAD_MINUTES", 90, 0, 600)
_lexware = urlsplit(LEXWARE_API_URL)
if (_lexware.hostname or "").endswith((".lexware.io", ".lexoffice.io")):
    if LEXWARE_TIME_SCALE != 1:
        raise ImproperlyConfigured(
            "LEXWARE_TIME_SCALE is for an accelerated sandbox only: with the real service it must stay 1."
        )
    if _lexware.scheme != "https":
        raise ImproperlyConfigured("LEXWARE_API_URL must begin with https://: the clients' keys are sent there.")

# --- Qonto --------------------------------------------------------------------------------------------------
QONTO_API_URL = env.web_address("QONTO_API_URL", "https://thirdparty.qonto.com")
_qonto = urlsplit(QONTO_API_URL)
if (_qonto.hostname or "").endswith((".qonto.com", ".qonto.co")) and _qonto.scheme != "https":
    raise ImproperlyConfigured("QONTO_API_URL must begin with https://: the clients' keys are sent there.")

# --- exchange rates ------------------------------------------------------------------------------------------
# The folder with the European Central Bank's files; empty: none are fetched.
EXCHANGE_RATES_URL = env.web_address("EXCHANGE_RATES_URL", "") if env.text("EXCHANGE_RATES_URL") else ""

# --- browser security --------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
# The admin theme's script library evaluates expressions written in attributes, and sets styles from script.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL, NONCE],
    "style-src": [SELF, UNSAFE_INLINE],
}
SECURE_HTTPS = PUBLIC_URL.startswith("https://")
# Browsers allow passkeys without https on the own machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = urlsplit(PUBLIC_URL).hostname == "localhost"
# With https something in front of us ends TLS; behind it the person's address is in a header, which limits need.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", 1 if SECURE_HTTPS else 0, 0, 5)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_SSL_REDIRECT = SECURE_HTTPS and not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"

DEFAULT_EXCEPTION_REPORTER_FILTER = "config.error_reports.QuietFilter"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", "INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
