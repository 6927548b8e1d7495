"""The demo's recordings, served from the machine itself. Real ones live where the platform keeps them."""

import re

from flask import Blueprint, Response, abort, current_app, request, send_from_directory, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

blueprint = Blueprint("recordings", __name__)

# The same form as the constraint on call_logs.recording_url, without its path.
NAME = re.compile(r"[a-z0-9-]{1,80}\.(wav|mp3|ogg)", re.ASCII)
# As long as a session lasts at most: a player asks for ranges as long as its page is open.
SECONDS_OPENED = 12 * 60 * 60


def opened_address(address: str) -> str:
    """Where this session may hear one of our own sounds, after `open_recording` wrote the audit line."""
    name = address.rpartition("/")[2]
    return url_for("recordings.recording", name=name, opened=_signer().dumps(_key(name)))


@blueprint.get("/recordings/<name>")
def recording(name: str) -> Response:
    """A sound of `var/recordings`, whole or in the ranges a player asks for; 404 for any other name.

    Players come by way of `/calls/<id>/recording`, which asks for the reach and writes the audit line: an
    address that it did not give to this session leads nowhere.
    """
    if NAME.fullmatch(name) is None or not _was_opened(name):
        abort(404)
    folder = current_app.extensions["certus_config"].var / "recordings"
    return send_from_directory(folder, name, conditional=True)


def _was_opened(name: str) -> bool:
    try:
        key = _signer().loads(request.args.get("opened", ""), max_age=SECONDS_OPENED)
    except BadSignature:
        return False
    return bool(key == _key(name))


def _key(name: str) -> list[str]:
    return [name, str(current_user.session_id)]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="recording")
