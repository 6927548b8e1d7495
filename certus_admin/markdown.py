"""Markdown written by people and machines, made safe: `{{ note.note_md | markdown }}`.

Two walls: the parser knows no HTML and no images, and its output is cleaned by an allow-list all the same.
"""

from collections.abc import Sequence
from typing import Any

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_parser = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("strikethrough")
    .disable(["image", "html_block", "html_inline"])
)


def _heading_open(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _opts: Any, _env: Any) -> str:
    return "<p><strong>"


def _heading_close(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _opts: Any, _env: Any) -> str:
    return "</strong></p>\n"


# A heading inside a note would tear up the page's own outline.
_parser.add_render_rule("heading_open", _heading_open)
_parser.add_render_rule("heading_close", _heading_close)


def markdown(text: str | None) -> Markup:
    """CommonMark, line breaks kept, as safe HTML; links carry rel="noopener nofollow"; None gives ""."""
    if not text:
        return Markup("")
    html = nh3.clean(
        _parser.render(text.replace("\0", "")),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
    return Markup(html)  # noqa: S704 - cleaned by nh3 one line above


def init_markdown(app: Flask) -> None:
    """Make `markdown` a Jinja filter."""
    app.add_template_filter(markdown)
