"""What the figures belong to: the machine and its software."""

import os
import platform
from pathlib import Path

import psutil
import psycopg


def describe(owner_url: str) -> dict[str, str]:
    """Processor, cores, memory, system, PostgreSQL and Python, in words."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("show server_version").fetchone()
        buffers = connection.execute("show shared_buffers").fetchone()
    assert row
    assert buffers
    return {
        **processor_and_system(),
        "PostgreSQL": f"{row[0]}, embedded, shared_buffers {buffers[0]}",
        "Load before": f"{os.getloadavg()[0]:.1f} (a minute's average; more than 1 is others' work)",
    }


def processor_and_system() -> dict[str, str]:
    """The machine without a database."""
    return {
        "Processor": f"{_model()}, {os.cpu_count()} cores",
        "Memory": f"{psutil.virtual_memory().total / 1024**3:.0f} GB",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
