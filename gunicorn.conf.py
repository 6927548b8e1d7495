"""How gunicorn serves the back office, with `flask serve` or by itself: gunicorn 'wsgi:create_app()'."""

import os
from pathlib import Path

# A proxy on the same machine is what the outside talks to; nothing else may reach the app.
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = 2
worker_class = "gthread"
# A page waits for the database most of its time; an export holds a thread as long as it streams.
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
# Heartbeats on a disk stall when the disk does, and gunicorn then kills healthy workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Request lines carry what people search for; the app writes its own log without it.
accesslog = None
limit_request_line = 8190
# It would open a socket in the home folder that commands the server.
control_socket_disable = True
