"""The cells of the lists of administration: people, audit log, settings, API keys, knowledge requests."""

from typing import Any

from markupsafe import Markup

from certus_admin.audit_words import changed_names, title_of, who_of
from certus_admin.formats import UNKNOWN, excerpt, local_time, relative_age, with_note
from forms.knowledge import KINDS
from views.column_words import label
from views.drawn_cells import DrawnCells
from views.people_words import place_of


class AdministrationCells(DrawnCells):
    """What only administration lists."""

    def _done_at(self, row: Any) -> Markup:
        return self._moment(row.at, row)

    def _done_by(self, row: Any) -> Markup | str:
        who = who_of(row.actor_name, row.application, row.actor_role)
        return who if row.actor_name else with_note(who, "program")

    def _done(self, row: Any) -> str:
        return title_of(row.table_name, row.action)

    def _done_where(self, row: Any) -> Markup | str:
        if row.location_name is None:
            return row.account_name or Markup('<span class="secondary">no account</span>')
        return self._location(row)

    def _changed(self, row: Any) -> Markup:
        return excerpt(changed_names(row.before, row.after))

    def _saved_at(self, row: Any) -> Markup:
        return self._moment(row.updated_at, row)

    def _saved_by(self, row: Any) -> str:
        return row.updated_by_name or "a program"

    def _holds_at(self, row: Any) -> Markup | str:
        if row.location_name is not None:
            return self._location(row)
        words = f"All locations but {row.location_rows}" if row.location_rows else "All locations"
        return with_note(words, row.account_name)

    def _preview(self, row: Any) -> Markup:
        return Markup('<code class="excerpt">%s</code>') % (row.preview,)

    def _filed_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _request_place(self, row: Any) -> Markup | str:
        if row.location_id is not None:
            return self._location(row)
        name = self.account_names.get(row.account_id)
        return f"All of {name}" if name else "The whole account"

    def _kind(self, row: Any) -> str:
        return KINDS.get(row.kind, row.kind.replace("_", " ").capitalize())

    def _full_name(self, row: Any) -> Markup:
        return with_note(row.full_name, row.email)

    def _role(self, row: Any) -> str:
        return label(row.role)

    def _state(self, row: Any) -> Markup:
        return self._macro("status", row.state)

    def _access(self, row: Any) -> Markup | str:
        if not row.access:
            return Markup('<span class="secondary">Nowhere yet</span>')
        places = [place_of(access) for access in row.access]
        more = f" and {len(places) - 2} more" if len(places) > 2 else ""
        return f"{'; '.join(places[:2])}{more}"

    def _last_sign_in_at(self, row: Any) -> Markup:
        return self._moment(row.last_sign_in_at, row) if row.last_sign_in_at else Markup("Never")

    def _added_at(self, row: Any) -> Markup:
        return local_time(row.created_at, row.timezone, "date")

    def _account(self, row: Any) -> Markup | str:
        return str(row.account_name)

    def _key_hint(self, row: Any) -> Markup | str:
        return Markup("<code>…%s</code>") % (row.key_hint,) if row.key_hint else UNKNOWN

    def _scopes(self, row: Any) -> Markup | str:
        return excerpt(", ".join(row.scopes)) if row.scopes else ""

    def _key_state(self, row: Any) -> Markup | str:
        state, warnings = self._macro("key_state", row.state), self._macro("key_warnings", row.warnings)
        return Markup('<span class="key-state">%s%s</span>') % (state, warnings)

    def _issued_at(self, row: Any) -> Markup:
        return local_time(row.created_at, row.timezone, "date")

    def _last_used_at(self, row: Any) -> Markup | str:
        return relative_age(row.last_used_at) if row.last_used_at else "Never"

    def _expires_at(self, row: Any) -> Markup | str:
        return local_time(row.expires_at, row.timezone, "date") if row.expires_at else "Never"
