"""Connections that rested are tried before they are used; one that was just used is trusted."""

from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from certus_admin.database import Caller, acting_as, db

ANN = Caller(UUID("0190aaaa-0000-7000-8000-000000000001"))
BACKEND = text("select pg_backend_pid()")


def end_backend(superuser_url: str, backend: int) -> None:
    """As a restart of the database ends it."""
    with psycopg.connect(superuser_url, autocommit=True) as owner:
        assert owner.execute("select pg_terminate_backend(%s)", [backend]).fetchone() == (True,)


def backend_for(caller: Caller) -> int:
    with acting_as(caller):
        return int(db.session.execute(BACKEND).scalar_one())


def test_a_connection_that_rested_is_tried_before_it_is_used(
    one_connection: Flask, superuser_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backend_for(ANN)
    end_backend(superuser_url, before)
    monkeypatch.setattr("certus_admin.pool.TRUSTED_SECONDS", 0.0)
    assert backend_for(ANN) != before


def test_a_connection_that_was_just_used_is_trusted_and_its_end_costs_one_page(
    one_connection: Flask, superuser_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certus_admin.pool.TRUSTED_SECONDS", 3600.0)
    before = backend_for(ANN)
    end_backend(superuser_url, before)
    with pytest.raises(OperationalError):
        backend_for(ANN)
    assert backend_for(ANN) != before
