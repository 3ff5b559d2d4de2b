"""How the window opens a ward file, on the session's own thread; loaded pieces come with it.

Where a person waits for the first screen, the file is checked beside it; where it has just been
damaged, restored or made, the check comes first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.restore_dialog import WantedRestore
    from aml_maint.gui.dialogs.ward_dialogs import SignIn
    from aml_maint.services.workplace import Workplace


def known(path: Path) -> Workplace:
    """A file whose passphrase this computer gives. PassphraseWanted if it gives none."""
    from aml_maint.bootstrap import open_ward
    from aml_maint.services import passphrase

    # On the worker: a keyring may take its time, or ask for a password of its own.
    found = passphrase.find(path, None, os.environ)
    if found is None:
        raise passphrase.PassphraseWanted
    name = os.environ.get("AML_MAINT_USER") or None
    return open_ward(path, found, name=name, announce=True, check_beside=True)


def asked(asked: SignIn) -> Workplace:
    """A file by the passphrase that was typed."""
    from aml_maint.bootstrap import open_ward

    return open_ward(
        asked.path, asked.passphrase, name=asked.name, announce=True, check_beside=True
    )


def recovered(asked: SignIn) -> Workplace:
    """A file by its recovery key."""
    from aml_maint.bootstrap import open_ward, recover_ward

    recover_ward(asked.path, asked.recovery_key, asked.name or "", asked.passphrase)
    return open_ward(asked.path, asked.passphrase, name=asked.name, announce=True)


def created(asked: SignIn) -> Workplace:
    """A new file."""
    from aml_maint.bootstrap import create_ward

    asked.path.parent.mkdir(parents=True, exist_ok=True)
    return create_ward(asked.path, asked.passphrase, name=asked.name)


def restored(wanted: WantedRestore, path: Path) -> Workplace:
    """A backup, put in the place of the file."""
    from aml_maint.bootstrap import restore_and_open

    return restore_and_open(wanted.backup, path, wanted.name, wanted.passphrase)


def viewed(asked: SignIn) -> Workplace:
    """A damaged file, as far as it can be read."""
    from aml_maint.bootstrap import view_ward

    return view_ward(asked.path, asked.passphrase, name=asked.name)
