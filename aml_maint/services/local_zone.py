"""Which time zone this computer keeps."""

from __future__ import annotations

import os
from pathlib import Path

from aml_maint.domain.errors import BadInput
from aml_maint.domain.moment import zone

# Where the regimen's ward stands; used when the computer does not name an IANA zone.
DEFAULT_ZONE = "Asia/Shanghai"


def local_zone() -> str:
    """The IANA name of the computer's time zone, the default zone when it can't be told."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked_zone(), _noted_zone()):
        try:
            zone(name)
        except BadInput:
            continue
        return name
    return DEFAULT_ZONE


def _linked_zone() -> str:
    """The zone that /etc/localtime points at on Linux and macOS, or nothing."""
    try:
        target = str(Path("/etc/localtime").readlink())
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _noted_zone() -> str:
    """The zone that Debian notes where /etc/localtime is a copy, or nothing."""
    try:
        return Path("/etc/timezone").read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
