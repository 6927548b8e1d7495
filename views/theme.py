"""The theme of Flask-Admin's pages: templates of ours only.

`folder` names a folder that Flask-Admin's package does not have. Its own templates can therefore never be
found, and with them its Bootstrap 4, jQuery and select2 never load: a page without a template of ours fails.
"""

from dataclasses import dataclass

from flask_admin.theme import Theme


@dataclass
class CertusTheme(Theme):
    """`Admin(app, theme=CertusTheme())`."""

    folder: str = "certus"
    base_template: str = "admin/base.html"
