"""A process that has imported a program once and forks it for each round.

`python -m tests.faults.nursery MODULE` reads one line of JSON for each round: the arguments of the
module's `main`, and a named pipe for what it prints. It prints the child's process id and, when the
child is gone, whatever ended it, `gone`. Nothing runs in it before a fork but imports, so that a
child is as fresh as a process started by itself, without the second that the imports take.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]


class Child:
    """A round of the program. What it prints is read line by line."""

    def __init__(self, pid: int, printed: IO[str], ended: IO[str]) -> None:
        self.pid = pid
        self._printed, self._ended = printed, ended
        self._is_gone = False

    def is_running(self) -> bool:
        """Whether nothing has ended it yet."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def line(self) -> str:
        """The next line that it prints; empty when it is gone."""
        return self._printed.readline().strip()

    def kill(self) -> list[str]:
        """Kill it, and return the whole lines that it had still printed."""
        if not self._is_gone:
            os.kill(self.pid, signal.SIGKILL)
        rest = self._printed.read()
        if not self._is_gone:
            assert self._ended.readline().strip() == "gone"
            self._is_gone = True
        return [text.strip() for text in rest.splitlines(keepends=True) if text.endswith("\n")]


class Nursery:
    """The parent of many rounds, one after the other."""

    def __init__(self, process: subprocess.Popen[str], pipe: Path) -> None:
        self._process, self._pipe = process, pipe

    @contextmanager
    def child(self, *arguments: str) -> Iterator[Child]:
        """A round, killed at the end of the block if not before."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(self._pipe), *arguments]) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        with self._pipe.open(encoding="utf-8") as printed:
            child = Child(pid, printed, self._process.stdout)
            try:
                yield child
            finally:
                child.kill()


@contextmanager
def nursery(module: str, folder: Path) -> Iterator[Nursery]:
    """A parent for rounds of a module."""
    pipe = folder / "printed"
    os.mkfifo(pipe)
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery", module],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        yield Nursery(started, pipe)
        assert started.stdin is not None
        started.stdin.close()


def main(name: str) -> None:
    """Fork a round for each line, and wait for its end."""
    module = importlib.import_module(name)
    getattr(module, "prepare", int)()
    for text in sys.stdin:
        pipe, *arguments = json.loads(text)
        pid = os.fork()
        if pid == 0:
            sys.stdout.flush()
            os.dup2(os.open(pipe, os.O_WRONLY), sys.stdout.fileno())
            module.main(*arguments)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        os.waitpid(pid, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
