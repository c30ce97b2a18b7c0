"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from sqlalchemy import text

from hrms.core.db import db


def describe() -> dict[str, Any]:
    """Return processor, cores, memory in GiB, kernel, versions, and how busy the machine was; in an app context."""
    setting = text("SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name = ANY (:names)")
    names = ["shared_buffers", "work_mem", "effective_cache_size", "synchronous_commit", "fsync", "server_version"]
    database = dict(db.session.execute(setting, {"names": names}).tuples().all())
    db.session.rollback()
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": database.pop("server_version"),
        "database_settings": database,
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


def _first(path: str, key: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
