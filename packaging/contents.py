"""Puts a list of all resources with their digests into the wheel, for `aml-maint self-test`."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "contents.sha256"  # as aml_maint/services/self_test.py reads it


class Contents(BuildHookInterface[Any]):
    """Runs before the wheel is written."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the list and have it taken in beside the resources."""
        if self.target_name != "wheel":
            return
        resources = Path(self.root, "resources")
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  "
            f"{path.relative_to(resources).as_posix()}\n"
            for path in sorted(resources.rglob("*"))
            if path.is_file()
        ]
        self._folder = tempfile.TemporaryDirectory()
        listed = Path(self._folder.name, NAME)
        listed.write_text("".join(lines), "utf-8", newline="\n")
        build_data["force_include"][str(listed)] = f"aml_maint/_resources/{NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was made for the wheel only."""
        if self.target_name == "wheel":
            self._folder.cleanup()
