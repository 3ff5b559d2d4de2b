"""Writes the fingerprint of the latest schema into the code, after a change of its step.

python -m tests.store.fingerprint

Only a step that no release has may be changed; a released one gets a successor.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlcipher3 import dbapi2

from aml_maint.store import migrations


def computed() -> str:
    """The fingerprint of a new file that took all steps."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    for step in migrations.STEPS:
        for statement in step.statements:
            connection.execute(statement)
    found = migrations.fingerprint(connection)
    connection.close()
    return found


def main() -> int:
    """Replace the fingerprint of the latest step."""
    place, latest = Path(migrations.__file__), migrations.STEPS[-1]
    found = computed()
    text = place.read_text("utf-8").replace(latest.fingerprint, found)
    place.write_text(text, "utf-8")
    same = found == latest.fingerprint
    sys.stdout.write(f"schema {latest.version}: {found}{' (as it was)' if same else ''}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
