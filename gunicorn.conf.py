"""How gunicorn serves the back office, with `flask serve` or by itself: gunicorn 'wsgi:create_app()'."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# A proxy on the same machine is what the outside talks to; nothing else may reach the app.
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = 2
worker_class = "gthread"
# A page waits for the database most of its time; an export holds a thread as long as it streams.
# Eight work, eight wait (certus_admin/admission.py), four stay for /healthz and static files.
threads = 20
timeout = 60
graceful_timeout = 10
# Longer than proxies keep a connection that rests (60 seconds as a rule): the proxy must be who closes first,
# or else it sends a request into a connection that is just being closed. One that rests holds no thread.
keepalive = 75
# Heartbeats on a disk stall when the disk does, and gunicorn then kills healthy workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn unlinks its files  # nosec B108

# Each worker counts in files of its own, which outlive it; certus_admin/exporter.py adds them up for
# Prometheus, at CERTUS_METRICS_PORT or 1,000 above the pages (0: nowhere).
exports = os.environ.get("CERTUS_METRICS_PORT", "") != "0"
exporter = None
# Request lines carry what people search for; the app writes its own log without it.
accesslog = None
limit_request_line = 8190
# It would open a socket in the home folder that commands the server.
control_socket_disable = True


def on_starting(_server):
    """A folder for the workers' counts, before any worker is there."""
    if exports:
        folder = tempfile.mkdtemp(prefix="certus-metrics-", dir=worker_tmp_dir)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def post_worker_init(_worker):
    """The app is built: the garbage collector need not look at it for each page."""
    from certus_admin.memory import settle

    settle()


def when_ready(_server):
    """Start the exporter beside the workers."""
    global exporter
    if exports:
        exporter = subprocess.Popen(
            [sys.executable, "-m", "certus_admin.exporter"], cwd=Path(__file__).parent
        )


def child_exit(_server, worker):
    """What a worker held (connections) is gone with it; what it counted stays."""
    if exports:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(_server):
    """End the exporter, and leave no files behind."""
    if exporter is not None:
        exporter.terminate()
        exporter.wait()
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
