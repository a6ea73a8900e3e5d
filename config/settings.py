"""All settings, one file, from the environment; `.env.example` lists every name.

Two profiles share this code (docs/architecture.md, "Two profiles"): *embedded* needs nothing
installed and runs in one process; *services* starts as soon as `BROKER_URL` is set.
Other rooms read `django.conf.settings`, never this module.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kombu import Exchange, Queue

from config import admin_look, logs
from config.environment import BASE_DIR, data_dir, env, kept_secret, profile
from config.packages import FOLDER as PACKAGES
from config.schedule import timetable

PROFILE = profile()
EMBEDDED = PROFILE == "embedded"
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
APP_DOMAIN = env.str("APP_DOMAIN", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SECRET_KEY = kept_secret("SECRET_KEY") if EMBEDDED else env.str("SECRET_KEY")
SANDBOX = env.bool("SANDBOX", default=EMBEDDED and DEBUG)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")

_domain = urlsplit(APP_DOMAIN)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_domain.hostname or "localhost", "127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [APP_DOMAIN]

INSTALLED_APPS = [
    # Its own default would put its site in the place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.OperatorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
    "django_celery_beat",
    "config.apps.ConfigConfig",
    "customers.apps.CustomersConfig",
    "messaging.apps.MessagingConfig",
    "tickets.apps.TicketsConfig",
    "wechat.apps.WechatConfig",
    "wechat.simulator.apps.SimulatorConfig",
    "monitoring.apps.MonitoringConfig",
]

MIDDLEWARE = [
    "config.api.traffic.TrafficMiddleware",
    "config.api.body_limit.BodyLimitMiddleware",
    "config.api.body_charset.BodyCharsetMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.content_policy.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.api.trace.TraceMiddleware",
]
if SANDBOX:
    MIDDLEWARE.insert(2, "wechat.simulator.sms.door.SmsDoorMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True

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
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{data_dir() / 'scrm.sqlite3'}")
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # Deferred transactions die of "database is locked" under two writers; IMMEDIATE ones wait.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA busy_timeout=20000; PRAGMA cache_size=-20000;",
    }
    _database["CONN_MAX_AGE"] = None
    _database["TEST"] = {"NAME": str(data_dir() / "test.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
    # A server that is gone without a word is noticed, not waited for.
    _database.setdefault("OPTIONS", {})
    _database["OPTIONS"] = {"connect_timeout": 5, "tcp_user_timeout": 30_000} | _database["OPTIONS"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = [
    "config.login.backend.CountedTries",
    "django.contrib.auth.backends.ModelBackend",
    "customers.permissions.RoleBackend",
]

# --- Redis: cache, limits, locks ----------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "scrm",
            # Redis makes things fast and may be lost: without it a cache is merely empty.
            "OPTIONS": {
                "REDIS_CLIENT_CLASS": "config.redis_link.RestingRedis",
                "SOCKET_CONNECT_TIMEOUT": 2,
                "SOCKET_TIMEOUT": 2,
                "IGNORE_EXCEPTIONS": True,
            },
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "scrm"}
    )
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Redis tells all its numbers what is published in any: the name keeps several systems apart.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 2}],
                "prefix": f"scrm{urlsplit(REDIS_URL).path}",
            },
        }
        if REDIS_URL
        else {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            # Members of a group are forgotten after a day unless told otherwise.
            "CONFIG": {"group_expiry": 10**9},
        }
    )
}
RATELIMIT_FAIL_OPEN = True
# One process: its memory is the shared cache that django-ratelimit asks for.
# SQLite leaves out what an index carries along (models.W040); nothing depends on it there.
SILENCED_SYSTEM_CHECKS = (
    ["django_ratelimit.E003", "django_ratelimit.W001", "models.W040"] if EMBEDDED else []
)

# --- Celery -------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("BROKER_URL", default="memory://localhost/")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_DEFAULT_QUEUE = "default"
# The kinds of workers, as docker-compose.yml starts them, and what each takes.
WORKER_QUEUES: dict[str, tuple[str, ...]] = {
    "urgent": ("msg.urgent",),
    "send": ("msg.high", "msg.normal", "msg.low"),
    "callbacks": ("callbacks",),
    "chat": ("chat",),
    "talk": ("welcome", "assistant", "kf"),
    "default": ("default",),
}
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name, type="direct"), routing_key=name, durable=True)
    for names in WORKER_QUEUES.values()
    for name in names
]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"polling_interval": 0.02}
    if CELERY_BROKER_URL.startswith("memory")
    else {"confirm_publish": True, "confirm_timeout": 5, "max_retries": 3}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_HEARTBEAT = 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 512_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Celery's Django fixup closes the connection after every task whatever CONN_MAX_AGE says.
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "config.schedule.beat:PulsingScheduler"
CELERY_BEAT_SCHEDULE = timetable.ENTRIES
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.api.auth.TokenAuthentication",
        "config.api.auth.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.ApiJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.ApiJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.ListPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "config.api.filters.FilterBackend",
        "config.api.ordering.StrictOrderingFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "ORDERING_PARAM": "ordering",
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.api.errors.ApiExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=2),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "UPDATE_LAST_LOGIN": True,
    # A new password ends every token, as it ends every session.
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "客服与消息平台 API",
    "DESCRIPTION": "WeCom/WeChat service desk and messaging platform.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AssistantActionEnum": "tickets.models.Action.choices",
        "TicketStatusEnum": "tickets.states.TicketStatus.choices",
        "PriorityEnum": "tickets.models.Priority.choices",
        "PresenceEnum": "tickets.models.PresenceStatus.choices",
        "DispatchTriggerEnum": "tickets.models.DispatchTrigger.choices",
        "HandoverReasonEnum": "customers.models.HandoverReason.choices",
        "MergeReasonEnum": "customers.models.MergeReason.choices",
        "MergeStatusEnum": "customers.models.MergeStatus.choices",
        "HandoverStatusEnum": "customers.models.HandoverStatus.choices",
        "MessageStatusEnum": "messaging.models.MessageStatus.choices",
        "ProjectStatusEnum": "customers.models.ProjectStatus.choices",
        "StageEnum": "customers.models.Stage.choices",
        "ImportStatusEnum": "customers.models.ImportStatus.choices",
        "ChannelEnum": "messaging.models.ChannelType.choices",
        "CustomerChannelEnum": "customers.models.CustomerChannel.choices",
        "CustomerStatusEnum": "customers.models.CustomerStatus.choices",
        "CustomerTypeEnum": "customers.models.Customer.Kind",
        "RiskLevelEnum": "customers.models.RiskLevel.choices",
        "FollowUpKindEnum": "customers.models.FollowUpKind.choices",
        "PlanTriggerEnum": "customers.models.PlanTrigger.choices",
        "ChatMessageTypeEnum": "tickets.models.ChatMessageType.choices",
        "ChatMessageStatusEnum": "tickets.models.ChatMessageStatus.choices",
        "SeverityEnum": "monitoring.models.Severity.choices",
        "ErrorTypeEnum": ["validation_error", "client_error", "server_error"],
        "ChatStatusEnum": "tickets.models.ChatStatus.choices",
        "EntryEnum": "customers.actors.Entry.choices",
        "TicketEventKindEnum": "tickets.models.EventKind.choices",
        "TicketLinkKindEnum": "tickets.models.LinkKind.choices",
        "IntentEnum": "tickets.models.Intent.choices",
        "ArticleStatusEnum": "tickets.models.ArticleStatus.choices",
        "GapStatusEnum": "tickets.models.GapStatus.choices",
        "TurnStatusEnum": "tickets.models.TurnStatus.choices",
        "ModelStatusEnum": "tickets.models.ModelStatus.choices",
        "ExampleSplitEnum": "tickets.models.ExampleSplit.choices",
        "ExampleSourceEnum": "tickets.models.ExampleSource.choices",
    },
}
API_BODY_LIMIT_BYTES = 4 * 1024 * 1024
# Where files come in, bodies may be larger; the longest beginning of the path counts, and `*`
# stands for one part of it.
FILE_BODY_LIMITS_BYTES = {
    "/admin/": 8 * 1024 * 1024,
    "/admin/tickets/ticket/": 21 * 1024 * 1024,
    "/api/tickets/*/attachments": 21 * 1024 * 1024,
    "/admin/customers/customerimport/": 21 * 1024 * 1024,
    "/api/v1/customers/import": 21 * 1024 * 1024,
    "/api/customer-service/chats/*/files": 21 * 1024 * 1024,
    "/api/user/customer-service/chats/*/files": 11 * 1024 * 1024,
    # Five pictures of 10 MB, from customers without a login.
    "/submit/": 51 * 1024 * 1024,
    "/t/*/reply": 51 * 1024 * 1024,
}
CALLBACK_BODY_LIMIT_BYTES = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = API_BODY_LIMIT_BYTES
# Logins per address and per account: a limit against guessing.
LOGIN_RATE = {"count": 20, "seconds": 60}

# --- WeCom, and the simulator that stands in for it ---------------------------------------------
_SANDBOX_BASE = f"http://127.0.0.1:{PORT}"
_PLATFORM = f"{_SANDBOX_BASE}/sandbox" if SANDBOX else "https://qyapi.weixin.qq.com"
# The simulator's own corporation: public values, worthless anywhere else.
_DEMO_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WECOM_API_BASE = env.str("WECOM_API_BASE", default=_PLATFORM).rstrip("/")
WECOM_CORP_ID = env.str("WECOM_CORP_ID", default="wwsandbox0000corp" if SANDBOX else "")
WECOM_CORP_SECRET = env.str("WECOM_CORP_SECRET", default="sandbox-secret" if SANDBOX else "")
WECOM_AGENT_ID = env.int("WECOM_AGENT_ID", default=1000002 if SANDBOX else 0)
WECOM_TOKEN = env.str("WECOM_TOKEN", default="sandboxToken" if SANDBOX else "")
WECOM_ENCODING_AES_KEY = env.str("WECOM_ENCODING_AES_KEY", default=_DEMO_AES_KEY if SANDBOX else "")
# Where a member's browser proves who it is, and the JS-SDK's scripts of the sidebar page.
WECOM_LOGIN_URL = env.str(
    "WECOM_LOGIN_URL",
    default=f"{_PLATFORM}/connect/oauth2/authorize"
    if SANDBOX
    else "https://open.weixin.qq.com/connect/oauth2/authorize",
)
WECOM_JS_SDK_URLS = env.list(
    "WECOM_JS_SDK_URLS",
    default=["/static/sandbox/js_sdk.js"]
    if SANDBOX
    else [
        "https://res.wx.qq.com/open/js/jweixin-1.2.0.js",
        "https://open.work.weixin.qq.com/wwopen/js/jwxwork-1.0.0.js",
    ],
)
AIBOT_TOKEN = env.str("AIBOT_TOKEN", default="sandboxAibotToken" if SANDBOX else "")
AIBOT_ENCODING_AES_KEY = env.str(
    "AIBOT_ENCODING_AES_KEY", default=_DEMO_AES_KEY[::-1] if SANDBOX else ""
)
AIBOT_NAME = env.str("AIBOT_NAME", default="助手")
GROUP_WEBHOOK_URL = env.str(
    "GROUP_WEBHOOK_URL",
    default=f"{_PLATFORM}/cgi-bin/webhook/send?key=sandbox-bot-001" if SANDBOX else "",
)
MP_API_BASE = env.str(
    "MP_API_BASE",
    default=f"{_SANDBOX_BASE}/sandbox/mp" if SANDBOX else "https://api.weixin.qq.com",
).rstrip("/")
# Where followers log in to pages, and where pictures of QR codes are. The sandbox's is our own host.
MP_OPEN_BASE = env.str(
    "MP_OPEN_BASE", default="/sandbox/mp" if SANDBOX else "https://open.weixin.qq.com"
).rstrip("/")
MP_WEB_BASE = env.str(
    "MP_WEB_BASE", default="/sandbox/mp" if SANDBOX else "https://mp.weixin.qq.com"
).rstrip("/")
# Hosts that `media/get` may send us to for a film, written as in `OUTBOUND_ALLOWED_HOSTS`.
MP_VIDEO_HOSTS = env.list("MP_VIDEO_HOSTS", default=[]) or [".qq.com"]
MP_APP_ID = env.str("MP_APP_ID", default="wxsandbox00000app" if SANDBOX else "")
MP_APP_SECRET = env.str("MP_APP_SECRET", default="sandbox-mp-secret" if SANDBOX else "")
MP_TOKEN = env.str("MP_TOKEN", default="sandboxMpToken" if SANDBOX else "")
MP_ENCODING_AES_KEY = env.str(
    "MP_ENCODING_AES_KEY",
    default=_DEMO_AES_KEY[20:] + _DEMO_AES_KEY[:20] if SANDBOX else "",
)
# The assistant's language model: any OpenAI-compatible endpoint; without one the chain does without.
LLM_BASE_URL = env.str("LLM_BASE_URL", default="")
LLM_API_KEY = env.str("LLM_API_KEY", default="")
LLM_MODEL = env.str("LLM_MODEL", default="")
CALLBACK_MAX_AGE_SECONDS = env.int("CALLBACK_MAX_AGE_SECONDS", default=600)
SANDBOX_CALLBACK_BASE = env.str("SANDBOX_CALLBACK_BASE", default=_SANDBOX_BASE)
# How many customers the simulated corporation has.
SANDBOX_CONTACTS = env.int("SANDBOX_CONTACTS", default=5000)
# The simulator's own servers beside HTTP, as dotted paths of parts with `run` and `stop`.
SANDBOX_SMTP_PORT = env.int("SANDBOX_SMTP_PORT", default=1025)
SANDBOX_SERVERS = ["wechat.simulator.mail.server.MailServer"] if SANDBOX else []
# Hosts that an account's address may name: nothing inside our own network. A leading dot takes
# every host of that domain.
_PROVIDER_HOSTS = [
    "qyapi.weixin.qq.com",
    "openws.work.weixin.qq.com",
    "api.weixin.qq.com",
    "open.feishu.cn",
    "dysmsapi.aliyuncs.com",
    "sms.tencentcloudapi.com",
    "api.jpush.cn",
    "fcm.googleapis.com",
    "web.push.apple.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
]
OUTBOUND_ALLOWED_HOSTS = [
    # Empty in the environment is as good as not there: compose passes what nobody set.
    *(env.list("OUTBOUND_ALLOWED_HOSTS", default=[]) or _PROVIDER_HOSTS),
    urlsplit(WECOM_API_BASE).netloc,
    *([f"127.0.0.1:{SANDBOX_SMTP_PORT}"] if SANDBOX else []),
]

# --- Watching: metrics, and alerts that go straight out, past queue and database ------------------
# Who brings it may read /metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
ALERT_WEBHOOK_URL = env.str("ALERT_WEBHOOK_URL", default="")
ALERT_SMTP_URL = env.str("ALERT_SMTP_URL", default="")
ALERT_EMAIL_TO = env.list("ALERT_EMAIL_TO", default=[])

# --- Security -----------------------------------------------------------------------------------
FIELD_ENCRYPTION_KEY = env.str("FIELD_ENCRYPTION_KEY", default="")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
_HTTPS = _domain.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
# Our scripts take the token out of their page; Django's admin does too.
CSRF_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_SSL_REDIRECT = _HTTPS
# Asked inside, past the proxy.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# The sandbox shows the customer's phone, the group and the console side by side.
X_FRAME_OPTIONS = "SAMEORIGIN" if SANDBOX else "DENY"

# --- Language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
# What the admin's theme says. After a change: `msgfmt -o django.mo django.po` (a test compares them).
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The browser's libraries, fetched by config/packages.py; the pages say so where they are missing.
if PACKAGES.is_dir():
    STATICFILES_DIRS.append(PACKAGES)
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(data_dir() / "staticfiles")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
# A name that nobody collected is served as it is, not a 500.
WHITENOISE_MANIFEST_STRICT = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            # Names with a digest of the content, which browsers keep for good.
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if env.bool("STATIC_MANIFEST", default=False)
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
    # Handed out by views that ask who may see: no address leads there.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(data_dir() / "private"),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
MEDIA_ROOT = data_dir() / "media"

# --- Logging ------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="console" if EMBEDDED else "json")
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO")
LOGGING = logs.configuration(LOG_FORMAT, LOG_LEVEL)

# --- Admin --------------------------------------------------------------------------------------
UNFOLD = admin_look.UNFOLD
