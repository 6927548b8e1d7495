"""A select whose options are written plainly: pickers of locations have hundreds of them, on every list."""

from typing import Any

from markupsafe import Markup, escape
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select


class PlainSelect(Select):
    """WTForms' select, without its formatting of attributes where an option has none but its value."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **attributes: Any) -> Markup:
        """One option, its value and label escaped."""
        if attributes or choice.render_kw or isinstance(choice.value, bool):
            option: Markup = super().render_option(choice, **attributes)
            return option
        chosen = "selected " if choice.selected else ""
        label = escape(choice.label or choice.value)
        return Markup(f'<option {chosen}value="{escape(choice.value)}">{label}</option>')  # noqa: S704 - escaped
