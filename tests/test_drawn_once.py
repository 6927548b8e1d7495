"""Controls of filter forms are drawn once for each value, and never in another one's place."""

from contextlib import suppress
from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms.meta import DefaultMeta

from certus_admin.queries.places import Place
from forms.analytics import AnalyticsForm
from forms.calls import CallFilterForm
from forms.filters import FilterForm
from forms.orders import OrderFilterForm

HARBOUR, LUMEN = UUID(int=1), UUID(int=2)


def places(*names: str) -> tuple[Place, ...]:
    return tuple(
        Place(
            HARBOUR if index % 2 else LUMEN, f"Account {index % 2}", "USD", UUID(int=index + 10), name, "UTC"
        )
        for index, name in enumerate(names)
    )


ONE, FEW, OTHERS = places("Pier"), places("Pier", "Quay", "Mole"), places("Pier", "<b>Quay</b>", "Mole")
QUERIES = [
    "",
    "status=missed",
    "status=missed&status=failed",
    "status=failed",
    "words=soup",
    "words=%22%3E",
    "from=2026-01-02",
]


def controls(form: FilterForm) -> list[tuple[str, str, str]]:
    """Each control's name, as the page gets it and as WTForms draws it."""
    usual = DefaultMeta()
    fields = [*form, *(box for field in form if hasattr(field, "option_widget") for box in field)]
    return [
        (field.id, str(field(class_="x")), str(usual.render_field(field, {"class_": "x"})))
        for field in fields
    ]


@pytest.mark.parametrize("form", [CallFilterForm, OrderFilterForm, AnalyticsForm])
def test_what_was_kept_is_what_would_be_drawn_now(form: type[FilterForm]) -> None:
    for query in [*QUERIES, *reversed(QUERIES)]:
        names = [pair.split("=") for pair in query.split("&") if pair]
        arguments = MultiDict((name, value.replace("%22%3E", '">')) for name, value in names)
        with suppress(BadRequest):  # not every list has every filter
            for offered in (FEW, ONE, OTHERS, FEW):
                for name, kept, drawn in controls(form(arguments, offered)):
                    assert kept == drawn, (query, name)


def test_a_choice_is_chosen_where_it_was_chosen_alone() -> None:
    place = str(FEW[0].location_id)
    chosen = CallFilterForm(MultiDict({"location": place}), FEW).location()
    assert f'selected value="{place}"' in chosen
    assert "selected" not in CallFilterForm(MultiDict(), FEW).location().replace('selected value=""', "")
