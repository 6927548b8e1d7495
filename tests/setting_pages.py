"""What the tests of the pages of settings share: places, a secret that is none, and reading a page."""

import html
import re

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SOLES = "a0000000-0000-7000-8000-00000000000b"
LUMEN = "a0000000-0000-7000-8000-00000000000c"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
LYON = "10c00000-0000-7000-8000-0000000000c2"
HERE = f"/settings/routing/{ACCOUNT}"
AT_SEAPORT = f"{HERE}/{SEAPORT}"
# Made for these tests: nobody's key.
SECRET = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"))


def words(page: str) -> str:
    """A page's text without its tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def beside(page: str, field: str = "value") -> str:
    """What a refused form says beside a field."""
    return words(page.partition(f'id="{field}-error"')[2].partition("</p>")[0].partition(">")[2])
