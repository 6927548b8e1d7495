"""Stock Flask-Admin: a ModelView over call_logs with list columns, filters and search."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from benchmarks.rivals import PAGES, WORD
from benchmarks.timing import Answer

db = SQLAlchemy()


class Location(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "locations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __str__(self) -> str:
        return self.name


class CallLog(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "call_logs"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    started_at: Mapped[datetime]
    status: Mapped[str]
    call_type: Mapped[str]
    direction: Mapped[str]
    duration_seconds: Mapped[int | None]
    from_number: Mapped[str | None]
    summary_md: Mapped[str | None]
    location: Mapped[Location] = relationship()


class CallLogView(ModelView):
    column_list = (
        *("started_at", "location", "call_type", "status", "direction", "duration_seconds"),
        *("from_number", "summary_md"),
    )
    column_filters = ("started_at", "status", "call_type", "direction", "duration_seconds")
    column_searchable_list = ("summary_md", "from_number")
    column_default_sort = ("started_at", True)
    page_size = 50
    can_create = can_edit = can_delete = False


def pages(database_url: str, deep: int) -> dict[str, Callable[[], Answer]]:
    """A question for each of PAGES."""
    app = Flask("stock", root_path=str(Path(__file__).parent))  # our own templates are none of its business
    app.config["SECRET_KEY"] = "measured on loopback alone"
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url.replace("postgresql://", "postgresql+psycopg://")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "connect_args": {"options": "-c default_transaction_read_only=on"}
    }
    db.init_app(app)
    view = CallLogView(CallLog, db.session)
    Admin(app).add_view(view)
    sent = [0]
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: sent.__setitem__(0, sent[0] + 1))
    client = app.test_client()

    def question(query: str) -> Callable[[], Answer]:
        def ask() -> Answer:
            sent[0] = 0
            answer = client.get(f"/admin/calllog/{query}")
            if answer.status_code != 200 or b"50" not in answer.data:
                raise RuntimeError(f"Flask-Admin answers {answer.status_code} to {query}")
            return Answer(sent[0], len(answer.data))

        return ask

    status = next(
        index
        for index, choice in enumerate(view._filters)
        if choice.column is CallLog.status.property.columns[0] or str(choice.name) == "Status"
        if str(choice.operation()) == "equals"
    )
    queries = ("", f"?page={deep - 1}", f"?flt0_{status}=missed", f"?search={WORD}")
    return dict(zip(PAGES, map(question, queries), strict=True))
