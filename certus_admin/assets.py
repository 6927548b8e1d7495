"""Styles, scripts and icons: third-party sources from npm and our own, bundled once by `flask assets build`.

Every output carries a hash of its content in its name, so browsers may keep it for ever. Nothing is built
while serving: a page only reads the manifest that the build wrote.
"""

import logging
import re
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_assets import Bundle, Environment
from markupsafe import Markup
from webassets.exceptions import BundleError
from webassets.filter import Filter

from certus_admin.stylesheet import UsedRules

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
DIST = STATIC / "dist"
NODE_MODULES = ROOT / "node_modules"

TABLER_CSS = "@tabler/core/dist/css/tabler.min.css"
HTMX = "htmx.org/dist/htmx.min.js"
CHART = "chart.js/dist/chart.umd.min.js"
ICON_FOLDER = "@tabler/icons/icons/outline"

HASHED = re.compile(r"/dist/\w+\.[0-9a-f]{8}\.\w+$")
FOREVER = "public, max-age=31536000, immutable"
# Our own unhashed files (the favicon) are asked for again, and answered 304 where nothing changed.
REVALIDATE = "public, no-cache"

# One line an icon that a template or script uses; `icon(name)` in templates/macros/icon.html draws it.
ICONS = (
    "activity", "adjustments-horizontal", "alert-triangle", "arrow-down", "arrow-left", "arrow-right",
    "arrow-up", "arrows-sort", "ban", "book", "building-store", "calendar-check", "calendar-event",
    "calendar-x", "chart-bar", "check", "chef-hat", "chevron-down", "chevron-left", "chevron-right",
    "circle-check", "circle-dashed", "clock", "copy", "currency-dollar", "device-desktop", "dots",
    "download", "external-link", "eye", "file-text", "filter", "headset", "heart-rate-monitor",
    "help-circle", "history", "home", "inbox", "info-circle", "key", "keyboard", "layout-dashboard", "list",
    "lock", "logout", "mail", "map-pin", "menu-2", "message", "message-circle", "microphone", "minus",
    "moon", "note", "paper-bag", "pencil", "phone", "phone-call", "phone-incoming", "phone-off",
    "phone-outgoing", "phone-x", "player-play", "plus", "receipt", "record-mail", "refresh", "robot",
    "search", "send", "settings", "shopping-bag", "sun", "tools-kitchen-2", "trash", "truck-delivery",
    "user", "users", "volume", "x",
)  # fmt: skip

logger = logging.getLogger(__name__)


class SvgSymbol(Filter):
    """Turns each icon file into a `<symbol>` named after it, and the whole into one sprite."""

    name = "svg_symbol"  # type: ignore[assignment]

    def input(self, _in: Any, out: Any, **options: Any) -> None:
        """Write one source file as a symbol; its strokes are styled where it is used."""
        drawing = _in.read()
        body = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        box = re.search(r'viewBox="([^"]+)"', drawing)
        if body is None or box is None:
            raise BundleError(f"{options['source_path']} is not an SVG drawing")
        shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body[1])
        shapes = re.sub(r"\s+", " ", shapes).strip()
        out.write(f'<symbol id="{Path(options["source_path"]).stem}" viewBox="{box[1]}">{shapes}</symbol>')

    def output(self, _in: Any, out: Any, **_options: Any) -> None:
        """Wrap the symbols."""
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg">{_in.read()}</svg>\n')


def own_sources(folder: str, suffix: str) -> list[str]:
    """Our sources in static/<folder>, by name (10-tokens before 20-shell), relative to static/."""
    return [f"{folder}/{path.name}" for path in sorted((STATIC / folder).glob(f"*{suffix}"))]


def asset_bundles() -> dict[str, Bundle]:
    """The bundles by name: `style`, `theme`, `link`, `app`, `chart`, `icons`.

    `theme` is alone because it runs before the first paint, `link` because its page is a stranger's; `chart`
    because only pages with a chart load it
    (Chart.js and our scripts whose names begin with `chart`).
    """
    scripts = own_sources("js", ".js")
    charts = [source for source in scripts if source.startswith("js/chart")]
    apart = {*charts, "js/core.js", "js/theme.js", "js/link.js"}
    app = ["js/core.js", *(source for source in scripts if source not in apart)]
    icons = ["img/mark.svg", *(f"{ICON_FOLDER}/{name}.svg" for name in ICONS)]
    return {
        "style": Bundle(
            Bundle(TABLER_CSS, filters=UsedRules(ROOT)),
            *own_sources("css", ".css"),
            filters="rcssmin",
            output="dist/style.%(version)s.css",
        ),
        "theme": Bundle("js/theme.js", filters="rjsmin", output="dist/theme.%(version)s.js"),
        "link": Bundle("js/link.js", filters="rjsmin", output="dist/link.%(version)s.js"),
        "app": Bundle(HTMX, *app, filters="rjsmin", output="dist/app.%(version)s.js"),
        "chart": Bundle(CHART, *charts, filters="rjsmin", output="dist/chart.%(version)s.js"),
        "icons": Bundle(*icons, filters=SvgSymbol(), output="dist/icons.%(version)s.svg"),
    }


HIDDEN = Markup('aria-hidden="true" focusable="false"')


def init_assets(app: Flask) -> None:
    """Register the bundles, `asset_url` for templates and the cache lifetimes of static files."""
    app.config.update(
        ASSETS_AUTO_BUILD=False,
        ASSETS_CACHE=False,
        ASSETS_DEBUG=False,
        ASSETS_MANIFEST=f"json:{DIST / 'manifest.json'}",
    )
    environment = Environment(app)
    environment.append_path(str(STATIC))
    environment.append_path(str(NODE_MODULES))
    environment.register(asset_bundles())
    built: dict[str, str] = {}

    def asset_url(name: str) -> str:
        """Where a bundle is; before it was built an address that answers 404, so that pages still open."""
        if name in built:
            return built[name]
        output = f"{app.static_url_path}/{environment[name].output}"
        version = environment.manifest.query(environment[name], environment)
        if version is None:
            logger.warning("assets are not built: run `flask assets build`")
            return output % {"version": "unbuilt"}
        # Asked for by every icon of every row: the address is put together once.
        built[name] = output % {"version": version}
        return built[name]

    icons: dict[tuple[str, str | None, str], Markup] = {}

    def draw_icon(name: str, label: str | None = None, **attributes: str) -> Markup:
        """A drawing of the sprite; templates/macros/icon.html says how it is asked for."""
        key = (name, label, attributes.get("class", ""))
        if key in icons:
            return icons[key]
        drawn = Markup('<svg class="icon %s" %s><use href="%s#%s"></use></svg>') % (
            key[2],
            Markup('role="img" aria-label="%s"') % (label,) if label else HIDDEN,
            asset_url("icons"),
            name,
        )
        if "icons" in built:
            icons[key] = drawn
        return drawn

    app.add_template_global(asset_url)
    app.add_template_global(draw_icon)
    app.after_request(set_cache_lifetime)


def set_cache_lifetime(response: Response) -> Response:
    """Built files never change under their name; everything else static is revalidated."""
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        hashed = HASHED.search(request.path)
        response.headers["Cache-Control"] = FOREVER if hashed else REVALIDATE
    return response


def create_asset_app() -> Flask:
    """A bare application that can build assets and nothing else: no configuration, no database."""
    app = Flask("certus_assets", static_folder=str(STATIC), static_url_path="/static")
    init_assets(app)
    return app
