"""A small log for whoever looks after the computer: what became of the program, never of a patient.

Each line is an event with codes and numbers. A value that could be somebody's words is left out.
"""

from __future__ import annotations

import logging
import os
import re
import time
from io import TextIOWrapper
from pathlib import Path

from aml_maint import files

LARGEST, KEPT = 256 * 1024, 4  # bytes of a file, and how many older ones are kept
_LOG = logging.getLogger("aml_maint.journal")
_LOG.propagate = False
_LOG.addHandler(logging.NullHandler())
_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,60}")


def note(event: str, **facts: str | int) -> None:
    """Write a line: an event and its codes; a text that is no code becomes a question mark."""
    told = (f"{name}={value if _is_code(value) else '?'}" for name, value in facts.items())
    _LOG.info(" ".join((event, *told)))


def note_fault(told: str) -> None:
    """Write what `crash.details` says of a fault: types and places in the code, no value."""
    _LOG.error("fault\n%s", told)


def begin(path: Path | None = None) -> Path | None:
    """Write to a file from now on, in the usual folder if none is named; where it lies.

    None where nothing can be written: a program that works without a log is better than none.
    """
    target = path or files.log_file()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handler = _PrivateFiles(target, encoding="utf-8")
    except OSError:
        return None
    form = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    return target


def end() -> None:
    """Write no more, and close the file."""
    for handler in [h for h in _LOG.handlers if isinstance(h, _PrivateFiles)]:
        _LOG.removeHandler(handler)
        handler.close()


class _PrivateFiles(logging.FileHandler):
    """Readable by their owner only; a disk that fails is no reason to disturb anybody.

    The standard library's own that makes room brings the network along: it is asked when one is
    full.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; into a new file where the present one is full."""
        try:
            stream = self.stream or self._open()
            self.stream = stream
            if stream.tell() + len(self.format(record).encode()) >= LARGEST:
                self.stream = None
                stream.close()
                self.stream = self._anew()
        except OSError:
            return
        super().emit(record)

    def _anew(self) -> TextIOWrapper:
        from logging.handlers import RotatingFileHandler

        RotatingFileHandler(self.baseFilename, backupCount=KEPT, delay=True).doRollover()
        return self._open()

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing."""


def _is_code(value: str | int) -> bool:
    return isinstance(value, int) or _CODE.fullmatch(value) is not None
