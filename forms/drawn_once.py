"""The controls of filter forms, drawn once and kept."""

from typing import Any, ClassVar

from markupsafe import Markup
from wtforms import Field
from wtforms.meta import DefaultMeta

MOST_DRAWN = 2_000


class DrawnOnce(DefaultMeta):
    """Draws a field as WTForms does, once for each value and set of choices.

    Most fields of most lists are empty, and drawing them anew took a quarter of a page's time. What is kept
    are controls: choices that somebody was offered and the value that they sent. The key holds all that a
    widget reads, so nobody gets another person's; a form's meta is a class of its own, which stands for what
    its fields always have.
    """

    _drawn: ClassVar[dict[Any, Markup]] = {}

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
        """The control's HTML."""
        offered = [
            (choice.value, choice.label, choice.optgroup, repr(choice.render_kw))
            for choice in getattr(field, "choices", None) or ()
        ]
        key = (
            type(self), type(field), type(field.widget), field.id, field.label.text,
            repr(field.data), tuple(field.raw_data or ()), getattr(field, "checked", None),
            tuple(offered), tuple(sorted(render_kw.items())), tuple(sorted((field.render_kw or {}).items())),
        )  # fmt: skip
        drawn = self._drawn.get(key)
        if drawn is None:
            if len(self._drawn) >= MOST_DRAWN:
                self._drawn.clear()
            drawn = self._drawn[key] = super().render_field(field, render_kw)
        return drawn
