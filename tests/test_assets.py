"""Bundles: hashed, long-lived, whole, small, and built without a database."""

import gzip
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup
from flask.testing import FlaskClient

from certus_admin.assets import DIST, FOREVER, ICONS, NODE_MODULES, REVALIDATE, ROOT, create_asset_app
from certus_admin.stylesheet import drop_unread_variables, keep_used, split_selectors

LARGEST_STYLE = 85 * 1024
LARGEST_SCRIPTS = 75 * 1024


@pytest.fixture(scope="module")
def asset_app() -> Flask:
    """The bare application, its bundles built. It has no configuration and no database."""
    if not (NODE_MODULES / "@tabler").exists():
        pytest.skip("the npm packages are not installed: run `make run` or `npm ci`")
    outcome = CliRunner().invoke(FlaskGroup(create_app=create_asset_app), ["assets", "build"])
    assert outcome.exit_code == 0, outcome.output
    return create_asset_app()


@pytest.fixture
def browser_of_assets(asset_app: Flask) -> FlaskClient:
    """Somebody who asks for static files."""
    return asset_app.test_client()


def url(app: Flask, name: str) -> str:
    """Where templates find a bundle."""
    with app.app_context():
        return str(app.jinja_env.globals["asset_url"](name))


def built(app: Flask, name: str) -> str:
    """The built bundle's text."""
    return (DIST / url(app, name).rsplit("/", 1)[1]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["style", "theme", "app", "chart", "icons", "favicon"])
def test_each_bundle_carries_its_hash_and_stays_for_ever(
    asset_app: Flask, browser_of_assets: FlaskClient, name: str
) -> None:
    address = url(asset_app, name)
    assert re.fullmatch(rf"/static/dist/{name}\.[0-9a-f]{{8}}\.(css|js|svg)", address)
    with browser_of_assets.get(address) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOREVER


def test_files_without_a_hash_are_asked_for_again(browser_of_assets: FlaskClient) -> None:
    for address in ("/static/img/favicon.svg", "/static/dist/manifest.json"):
        with browser_of_assets.get(address) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == REVALIDATE


def test_a_page_opens_before_anything_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("certus_admin.assets.DIST", tmp_path)
    assert url(create_asset_app(), "style") == "/static/dist/style.unbuilt.css"


def test_the_build_writes_a_manifest_that_names_every_bundle(asset_app: Flask) -> None:
    assert url(asset_app, "style")
    assert len(json.loads((DIST / "manifest.json").read_text())) == 7


def test_a_list_stays_light(asset_app: Flask) -> None:
    style = gzip.compress(built(asset_app, "style").encode())
    scripts = gzip.compress((built(asset_app, "app") + built(asset_app, "theme")).encode())
    assert 5_000 < len(style) < LARGEST_STYLE
    assert 10_000 < len(scripts) < LARGEST_SCRIPTS
    assert "Chart.js" not in built(asset_app, "app")


def test_nothing_is_loaded_from_elsewhere(asset_app: Flask) -> None:
    style = built(asset_app, "style")
    assert "@import" not in style
    assert not re.search(r"url\(['\"]?(?!data:|['\"]?data:)", style)
    assert "sourceMappingURL" not in built(asset_app, "app")


def test_every_icon_is_in_the_sprite_and_every_icon_asked_for_is_listed(asset_app: Flask) -> None:
    sprite = built(asset_app, "icons")
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == {"mark", *ICONS}
    asked = set()
    for template in (ROOT / "templates").rglob("*.html"):
        asked.update(re.findall(r'icon\("([a-z0-9-]*[a-z0-9])"', template.read_text(encoding="utf-8")))
    assert asked
    assert asked - {"mark"} <= set(ICONS)


def test_rules_of_classes_nobody_names_are_left_out() -> None:
    css = "@media print{.used,.unused{color:red}.unused{x:y}}.unused:hover{a:b}.used:not(.a,.used){c:d}p{e:f}"
    assert keep_used(css, {"used"}) == "@media print{.used{color:red}}p{e:f}"
    assert keep_used(css, {"used", "a"}).endswith(".used:not(.a,.used){c:d}p{e:f}")
    assert (
        keep_used("[data-a]{b:c}[data-vc=x] p,[data-a='y']{d:e}", {"data-a"})
        == "[data-a]{b:c}[data-a='y']{d:e}"
    )
    assert split_selectors(".a:is(.b,.c),d[x=',']") == [".a:is(.b,.c)", "d[x=',']"]


def test_strings_and_addresses_with_braces_do_not_end_a_rule() -> None:
    css = """.used{content:"}";background:url("data:x,<svg style='a{b}'>")}@charset "x";.gone{a:b}"""
    assert keep_used(css, {"used"}) == css.replace(".gone{a:b}", "")


def test_variables_that_nothing_reads_are_left_out() -> None:
    css = ':root{--a:1;--b:var(--c);--c:"x;y";--d:2}p{margin:var(--a)}'
    assert drop_unread_variables(css, "") == ":root{--a:1;}p{margin:var(--a)}"
    assert "--d:2" in drop_unread_variables(css, "q{x:var(--d)}")
