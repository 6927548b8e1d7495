"""Pickers: written fast, and as WTForms writes them."""

from markupsafe import Markup
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice

from forms.choices import PlainSelect

CHOICES = [
    SelectChoice("", "Any"),
    SelectChoice("a", "Harbour & Vine"),
    SelectChoice('b"><script>', '<b>"Tres Soles"</b>'),
    SelectChoice("c", Markup("<i>Lumen</i>"), {"class_": "wide", "data_zone": "x"}),
    SelectChoice("d", "Pier", optgroup="Harbour & Vine"),
]


class Usual(Form):
    place = SelectField("Place", choices=CHOICES)


class Plain(Form):
    place = SelectField("Place", choices=CHOICES, widget=PlainSelect())


def test_a_plain_select_is_what_the_usual_one_is() -> None:
    for value in ("", "a", 'b"><script>', "c", "d"):
        assert str(Plain(data={"place": value}).place()) == str(Usual(data={"place": value}).place())


def test_a_plain_select_escapes_values_and_labels() -> None:
    assert "<script>" not in str(Plain(data={"place": "a"}).place())
    assert "&lt;b&gt;" in str(Plain().place())
