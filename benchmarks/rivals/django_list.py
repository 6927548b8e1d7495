"""Django's admin over call_logs: list_display, list_filter, date_hierarchy and search.

Its own tables (sessions, people) lie in SQLite in memory; the calls are read from the database under test.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import django
from django.conf import settings
from django.urls import path

from benchmarks.rivals import PAGES, WORD
from benchmarks.timing import Answer


class CallsElsewhere:
    """Routes the model of the calls to the database under test, everything else to SQLite."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return "calls" if model._meta.app_label == "rivals" else "default"

    def allow_relation(self, *_: Any, **__: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app: str, **_hints: Any) -> bool:
        return db == "default"


def configure(database_url: str) -> None:
    """Django's settings, as startproject writes them where they cost something."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(database_url)
    settings.configure(
        DEBUG=False,
        SECRET_KEY="measured on loopback alone",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="benchmarks_django_urls",
        USE_TZ=True,
        STATIC_URL="static/",
        DATABASE_ROUTERS=["benchmarks.rivals.django_list.CallsElsewhere"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
            "calls": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.strip("/"),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": parts.hostname,
                "PORT": parts.port,
                "CONN_MAX_AGE": None,
                "OPTIONS": {"options": "-c default_transaction_read_only=on"},
            },
        },
        INSTALLED_APPS=[
            *("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes"),
            *("django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles"),
            "benchmarks.rivals",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()


def register() -> None:
    """The model and its admin: Django wants its settings before either can be written down."""
    import sys

    from django.contrib import admin
    from django.db import models

    class CallLog(models.Model):
        id = models.UUIDField(primary_key=True)
        started_at = models.DateTimeField()
        status = models.TextField()
        call_type = models.TextField()
        direction = models.TextField()
        provider = models.TextField()
        duration_seconds = models.IntegerField(null=True)
        from_number = models.TextField(null=True)
        summary_md = models.TextField(null=True)

        class Meta:
            app_label = "rivals"
            managed = False
            db_table = "call_logs"

    @admin.register(CallLog)
    class CallLogAdmin(admin.ModelAdmin):
        list_display = ("started_at", "call_type", "status", "direction", "duration_seconds", "from_number")
        list_filter = ("status", "call_type", "direction")
        search_fields = ("summary_md", "from_number")
        date_hierarchy = "started_at"
        ordering = ("-started_at",)
        list_per_page = 50

    urls = ModuleType("benchmarks_django_urls")
    urls.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    sys.modules[urls.__name__] = urls


def pages(database_url: str, deep: int) -> dict[str, Callable[[], Answer]]:
    """A question for each of PAGES."""
    configure(database_url)
    register()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client

    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    sent = [0]

    def counting(execute: Any, *arguments: Any) -> Any:
        sent[0] += 1
        return execute(*arguments)

    for connection in connections.all():
        connection.execute_wrappers.append(counting)

    def question(query: str) -> Callable[[], Answer]:
        def ask() -> Answer:
            sent[0] = 0
            answer = client.get(f"/admin/rivals/calllog/{query}")
            if answer.status_code != 200:
                raise RuntimeError(f"Django answers {answer.status_code} to {query}")
            return Answer(sent[0], len(answer.content))

        return ask

    queries = ("", f"?p={deep}", "?status__exact=missed", f"?q={WORD}")
    return dict(zip(PAGES, map(question, queries), strict=True))
