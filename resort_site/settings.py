"""All settings, from the environment; nonsense stops the start with one clear line.

SITE_MODE is `demo` (default), `test` or `production`. Production demands SECRET_KEY, ALLOWED_HOSTS,
CSRF_TRUSTED_ORIGINS, DATABASE_URL and REDIS_URL, and only there cookies are Secure and HTTP is redirected.
"""

import os
from pathlib import Path
from urllib.parse import quote

import environ
from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from resort_site.embedded import embedded_redis_url, read_or_make_secret_key

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

SITE_MODE = env.str("SITE_MODE", default="demo")
if SITE_MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"SITE_MODE is {SITE_MODE!r}; it must be demo, test or production.")
IN_PRODUCTION = SITE_MODE == "production"
if IN_PRODUCTION:
    missing = [
        name
        for name in ("SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "REDIS_URL")
        if not env.str(name, default="")
    ]
    if missing:
        raise ImproperlyConfigured(f"Production needs these in the environment: {', '.join(missing)}.")

HOST = env.str("HOST", default="") or "127.0.0.1"
try:
    PORT = env.int("PORT", default=8000)
except ValueError as error:
    raise ImproperlyConfigured(f"PORT must be a number, not {env.str('PORT')!r}.") from error
if not 0 < PORT < 65536:
    raise ImproperlyConfigured(f"PORT is {PORT}; it must be between 1 and 65535.")

DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var").expanduser().resolve()
DEBUG = False
try:
    SECRET_KEY = env.str("SECRET_KEY", default="") or read_or_make_secret_key(DATA_DIR)
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR {DATA_DIR} cannot be written: {error.strerror}.") from error
if IN_PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters, at least 5 of them different.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", HOST])
if IN_PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts; '*' would accept any.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "annotation",
    "generation",
    "resort_site",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "knox",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "resort_site.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "resort_site.middleware.no_store_for_signed_in",
]

ROOT_URLCONF = "resort_site.urls"
WSGI_APPLICATION = "resort_site.wsgi.application"

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
            ],
        },
    }
]

# Database: SQLite in DATA_DIR, or whatever DATABASE_URL names.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{quote(str(DATA_DIR / 'db.sqlite3'))}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # FULL: an acknowledged rating survives a power cut. IMMEDIATE: our atomic blocks all write, and a
    # write lock taken at their start waits its turn instead of failing half-way.
    DATABASES["default"]["ENGINE"] = "resort_site.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # The server keeps the plans of what is asked again and again; planning was most of its work at the desk.
    DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: the embedded one in DATA_DIR, or whatever REDIS_URL names.
HAS_EMBEDDED_REDIS = not env.str("REDIS_URL", default="")
REDIS_URL = embedded_redis_url(DATA_DIR) if HAS_EMBEDDED_REDIS else env.str("REDIS_URL")
KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="resort")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": KEY_PREFIX,
        # JSON, not pickle: whoever can write to Redis must not be able to run code here.
        "OPTIONS": {"serializer": "resort_site.cache.JSONSerializer"},
    }
}

# Celery is the doorbell, the database the queue: no results, no retries, nothing held back.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{KEY_PREFIX}:", "socket_timeout": 10}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"generation.tasks.drain_queue": {"queue": "gpu"}}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-expired-leases": {"task": "generation.tasks.sweep_queue", "schedule": schedule(10)},
    "attach-responses": {"task": "annotation.tasks.attach_responses", "schedule": schedule(5)},
    "collect-judge-replies": {"task": "annotation.tasks.collect_judge_replies", "schedule": schedule(5)},
}
# A worker's claim on steps: renewed three times per lease, returned by the sweeper when it runs out.
GENERATION_LEASE_S = env.int("GENERATION_LEASE_S", default=60)
# 0: as many as the model's backend likes to be given.
GENERATION_BATCH_SIZE = env.int("GENERATION_BATCH_SIZE", default=0)
GENERATION_MAX_ATTEMPTS = 3

# Accounts: people come in by invitation and sign in with their e-mail address.
AUTH_USER_MODEL = "annotation.User"
AUTHENTICATION_BACKENDS = ["annotation.accounts.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "annotation.accounts.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
SESSION_ENGINE = "resort_site.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60

# Without a mail server letters go to files of this user alone: on the console their links would be in a log.
EMAIL_CONFIG = env.email("EMAIL_URL", default=f"filemail:///{quote(str(DATA_DIR / 'mail'))}")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="RESORT studies <studies@localhost>")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotation.api.authentication.AccessTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "RESORT studies",
    "DESCRIPTION": "Scores of expert evaluations of cognitive reappraisals. Read-only, by token.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Static files: hashed, compressed, served by WhiteNoise.
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if SITE_MODE == "test"
        else "resort_site.static.HashedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = SITE_MODE == "test"

# Security headers.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if IN_PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # a proxy asks from the same machine, without TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", True) else None
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# Room for a few rationales of the longest kind, each character as the three bytes of its percent-encoding.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
if LOG_LEVEL not in LOG_LEVELS:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; it must be one of {', '.join(LOG_LEVELS)}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # A line for each beat and doorbell, or for each table of each font, would bury what matters.
    "loggers": {
        name: {"level": max(LOG_LEVEL, "WARNING", key=LOG_LEVELS.index)}
        for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy", "fontTools", "matplotlib")
    }
    # Its warnings name every address that was not found, dead invitation links included.
    | {"django.request": {"level": "ERROR"}},
}

# Where matplotlib keeps its list of fonts; a worker's home may not be writable.
os.environ.setdefault("MPLCONFIGDIR", str(DATA_DIR / "matplotlib"))

if SITE_MODE == "test":
    if HAS_EMBEDDED_REDIS:
        # Most tests need no Redis; those that do start one and point their processes at it.
        CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        CELERY_BROKER_URL = "memory://"
        CELERY_BROKER_TRANSPORT_OPTIONS = {}
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
