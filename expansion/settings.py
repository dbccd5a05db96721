"""The settings of every process: web, worker, beat, commands and tests.

Three modes (EXPANSION_MODE): `local` needs nothing and listens on this machine only, `test` is
local with fast passwords, `production` has no usable default for a secret.
"""

import os
import secrets
import tempfile
from pathlib import Path

from csp.constants import NONE, SELF

from expansion import environment as env
from expansion import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.mode()
PRODUCTION = MODE == "production"
TESTING = MODE == "test"
DEBUG = env.flag("DEBUG", False)

# What the system writes, uploaded files and the embedded database among it, lies below one folder.
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
FILES_DIR = VAR_DIR / "files"


def _local_secret() -> str:
    """The key of a local installation: made once, kept beside its database."""
    path = VAR_DIR / "secret-key"
    if path.exists():
        return path.read_text().strip()
    key = secrets.token_urlsafe(48)
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:
        return path.read_text().strip()
    except OSError:
        return key  # A read-only folder: sessions end with the process; `doctor` says so.
    return key


if PRODUCTION:
    SECRET_KEY = env.text("SECRET_KEY")
    ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [env.text("ALLOWED_HOSTS")]
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    DATABASES = {"default": env.database(env.text("DATABASE_URL"))}
    REDIS_URL = env.text("REDIS_URL")
else:
    SECRET_KEY = env.text("SECRET_KEY", "") if "SECRET_KEY" in os.environ else _local_secret()
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
    DATABASES = {
        "default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))
    }
    # `make run` starts a broker on a socket of its own and names it here.
    REDIS_URL = env.text("REDIS_URL", f"redis+socket://{tempfile.gettempdir()}/no-broker.sock")

# Keys that were the secret before: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "guardian",
    # floor 1, the foundation, bottom first
    "expansion.once",
    "expansion.ui",
    "expansion.audit",
    "expansion.jobs",
    "expansion.worktime",
    "expansion.people",
    "expansion.rulebook",
    "expansion.numbering",
    "expansion.relations",
    "expansion.files",
    "expansion.guests",
    "expansion.notices",
    "expansion.approvals",
    "expansion.transfer",
    "expansion.surveys",
    "expansion.office",
    "expansion.home",
    "expansion.launch",
    # floors 2 to 4
    "crm",
    "research",
    "partnerships",
    "training",
    "appraisal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads each answer by chance, so that its length tells nothing of a secret in it.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "expansion.ui.readable.readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "expansion.people.middleware.person",
    "expansion.worktime.middleware.calendar_known",
    "expansion.rulebook.middleware.rules_asked_once",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "expansion.people.middleware.factor_first",
    "allauth.account.middleware.AccountMiddleware",
    "expansion.ui.middleware.Refusals",
    "expansion.people.rehearsing.rehearse",
]

ROOT_URLCONF = "expansion.urls"
WSGI_APPLICATION = "expansion.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "expansion.ui.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "expansion.ui.templatetags.ui"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ]
            if not DEBUG
            else [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        },
    }
]
FORM_RENDERER = "expansion.ui.forms.Renderer"

# pypinyin keeps a second copy of its dictionaries for additions of one's own; we have none.
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")

# Language, time and numbers. The department's zone is a setting of the installation; the rulebook
# says everything else about its time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")
FIRST_DAY_OF_WEEK = 1

# People
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["expansion.people.backends.Login"]
# Of guardian the house has the tables; its checks know no end of a share and are not asked.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "expansion.people.validators.ShortestPassword", "OPTIONS": {"least": 10}},
    {"NAME": "expansion.people.validators.LongestPassword", "OPTIONS": {"most": 128}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_ADAPTER = "expansion.people.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "expansion.people.forms.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# How many proxies of ours stand before the server: with 0 no forwarded address is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
ACCOUNT_RATE_LIMITS = False  # people.throttle answers a wrong password by a growing delay.

# The second factor: an app or a passkey, and recovery codes that stand in for both.
MFA_ADAPTER = "expansion.people.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "expansion.people.forms_factors.CodeForm",
    "authenticate_webauthn": "expansion.people.forms_factors.PasskeyForm",
}
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_RECOVERY_CODE_DIGITS = 10

# Single sign-on: its apps and addresses are there only where the environment names a way.
SSO = single_sign_on.ways()
if SSO:
    INSTALLED_APPS += ["allauth.socialaccount"]
    INSTALLED_APPS += [f"allauth.socialaccount.providers.{way.provider}" for way in SSO]
SOCIALACCOUNT_ADAPTER = "expansion.people.sso_adapter.SsoAdapter"
SOCIALACCOUNT_PROVIDERS = {
    way.provider: {"APPS": [way.app], "OAUTH_PKCE_ENABLED": way.provider == single_sign_on.OIDC}
    for way in SSO
}
SOCIALACCOUNT_LOGIN_ON_GET = True  # A link leads there; the answer is bound to this session.
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

SESSION_ENGINE = "expansion.people.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "expansion.ui.failures.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Every header; TLS ends in the proxy in front of production.
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # The prefix binds a cookie to this host alone: no neighbour below the same domain can set it.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Files: static ones from an allow-list of npm packages and our own folder, uploads below VAR_DIR.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "expansion.ui.static_files.PackageFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "expansion.ui.static_files.HashedStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 50 * 1024 * 1024

# Celery: every task is idempotent and acknowledged late, so a killed worker repeats it.
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A page that wakes the worker does not wait for a broker that is away: the row is stored.
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ALWAYS_EAGER = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "expansion.people.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["expansion.api.parsing.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "expansion.api.problems.problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Expansion department",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Fields of one name with different choices: each set has the name of its noun.
    "ENUM_NAME_OVERRIDES": {
        "ClientKind": "crm.models.Client.Kind",
        "ContactPointKind": "crm.models.ContactPoint.Kind",
        "ContractKind": "crm.models.Contract.Kind",
        "UnitKind": "expansion.people.models.Unit.Kind",
        "Rating": "crm.models.client.Rating",
        "LeadStatus": "crm.models.Lead.Status",
        "OpportunityStatus": "crm.models.Opportunity.Status",
        "VisitStatus": "crm.models.Visit.Status",
        "ContractStatus": "crm.models.Contract.Status",
        "PlanStatus": "research.models.ResearchPlan.Status",
        "ReportStatus": "research.models.ResearchReport.Status",
        "PartnerStatus": "partnerships.models.Partner.Status",
        "ProjectStatus": "partnerships.models.Project.Status",
        "SessionStatus": "training.models.Session.Status",
        "WorkReportStatus": "expansion.office.models.WorkReport.Status",
        "StatementKind": "expansion.office.models.Statement.Kind",
        "StatementStatus": "expansion.office.models.Statement.Status",
        "RowDecision": "expansion.transfer.models.ImportRow.Decision",
        "ApprovalDecision": "expansion.approvals.models.Decision.Kind",
        "RequestStatus": "expansion.approvals.models.Request.Status",
        "StepStatus": "expansion.approvals.models.Step.Status",
        "PersonStatus": "expansion.people.models.Status",
        "VersionStatus": "expansion.rulebook.models.Version.Status",
        "ConfidentialityLevel": "expansion.records.Level",
        "CandidateDecision": "expansion.office.models.Candidate.Decision",
        "PersonnelChangeKind": "expansion.office.models.PersonnelChange.Kind",
    },
}

# Mail leaves through the outbox of `notices`; without a server it stays there, and says so.
MAIL_LEAVES = bool(os.environ.get("EMAIL_HOST"))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MAIL_LEAVES
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "expansion@localhost")

# Where people reach the house, so that a mail leads to the record: https://expansion.example.com
SITE_URL = env.address("SITE_URL")

# What the department loads when the database is still empty.
RULEBOOK_PRESET = env.text("RULEBOOK_PRESET", "ktv")
# The company, before the name of the department; without it the department stands alone.
SITE_NAME = env.text("SITE_NAME", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
