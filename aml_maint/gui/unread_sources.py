"""PySide reads the source of every module that is loaded after it; here it need not.

It looks whether the module names PySide6, for the other spellings of Qt's names that a module can
switch on (`from __feature__ import snake_case`). Nothing here does, so the answer changes nothing,
and asking costs a tenth of a second and some megabytes at each start.
"""

from __future__ import annotations

import linecache
import sys
from types import ModuleType

import PySide6

_FEATURES = "shibokensupport.feature"
_QUESTION = "_mod_uses_pyside"


def leave_sources_unread() -> None:
    """Answer for every module to come that it switches nothing on.

    In a release of PySide that asks otherwise this does nothing: then the sources are read.
    """
    linecache.clearcache()  # of what was read until now
    features = vars(sys.modules.get(_FEATURES, PySide6))  # PySide brings it along
    if callable(features.get(_QUESTION)):
        features[_QUESTION] = _switches_nothing_on


def _switches_nothing_on(_: ModuleType) -> bool:
    return False
