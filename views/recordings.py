"""The demo's recordings, served from the machine itself. Real ones live where the platform keeps them."""

import re

from flask import Blueprint, Response, abort, current_app, send_from_directory

blueprint = Blueprint("recordings", __name__)

# The same form as the constraint on call_logs.recording_url, without its path.
NAME = re.compile(r"[a-z0-9-]{1,80}\.(wav|mp3|ogg)", re.ASCII)


@blueprint.get("/recordings/<name>")
def recording(name: str) -> Response:
    """A sound of `var/recordings`, whole or in the ranges a player asks for; 404 for any other name.

    For signed-in people only, as every page is. Players come by way of `/calls/<id>/recording`, which writes
    the audit line.
    """
    if NAME.fullmatch(name) is None:
        abort(404)
    folder = current_app.extensions["certus_config"].var / "recordings"
    return send_from_directory(folder, name, conditional=True)
