"""The window's language, switchable while it runs."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from aml_maint.domain.messages import Catalogue, Language, Message, Name
from aml_maint.services.language import catalogue

_LOCALES: dict[Language, QLocale] = {
    # The United Kingdom's form of English: 24 hours, and Monday begins the week.
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
    "zh": QLocale(QLocale.Language.Chinese, QLocale.Script.SimplifiedChineseScript,
                  QLocale.Country.China),
}  # fmt: skip

_QT_TEXTS = "qt-texts"
_HYPHEN = "\N{NON-BREAKING HYPHEN}"
_JOINER = "\N{WORD JOINER}"
_DATE = re.compile(r"(?<![0-9A-Za-z-])[0-9]{2}-[A-Z][a-z]{2}(?:-[0-9]{4})?(?![0-9A-Za-z-])")
# Chinese may end a line between any two signs: also between a number and the sign that it counts.
_CHINESE = re.compile(r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日")
_SEAM = re.compile("(?<=[0-9])(?=[年月日])|(?<=[年月])(?=[0-9])")


def unbroken(text: str) -> str:
    """A text for the screen, where no line ends inside `05-Mar-2026` or `2026年3月5日`.

    `plain` takes it back.
    """
    text = _DATE.sub(lambda found: found[0].replace("-", _HYPHEN), text)
    return _CHINESE.sub(lambda found: _SEAM.sub(_JOINER, found[0]), text)


def plain(text: str) -> str:
    """A text of the screen as other programs and assistive technology should get it."""
    return text.replace(_HYPHEN, "-").replace(_JOINER, "")


def system_language() -> Language:
    """The language that this computer is set to; English unless it is Chinese."""
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"


class Words(QObject):
    """Renders messages in the chosen language; widgets set their texts again on `changed`."""

    changed = Signal()

    def __init__(self, language: Language = "en") -> None:
        super().__init__()
        self._catalogue = catalogue(language)
        self._translate_qt()

    @property
    def language(self) -> Language:
        """The language shown."""
        return self.catalogue.language

    @property
    def catalogue(self) -> Catalogue:
        """The texts of the language shown."""
        return self._catalogue

    @property
    def locale(self) -> QLocale:
        """Qt's counterpart, for calendars and Qt's own inputs."""
        return _LOCALES[self.language]

    def use(self, language: Language) -> None:
        """Switch to a language; nothing happens when it is shown already."""
        if language == self.language:
            return
        self._catalogue = catalogue(language)
        self._translate_qt()
        self.changed.emit()

    def text(self, message: Message | Name | str, **params: object) -> str:
        """Render a message, a name, or the text of a key; KeyError for a missing key (a bug)."""
        return self.catalogue.text(message, **params)

    def value(self, value: object) -> str:
        """One value as people read it: dates with month names, decimals as reported."""
        return self.catalogue.value(value)

    def short_day(self, day: date) -> str:
        """Day and month only, for column heads whose year stands beside them."""
        return self.catalogue.short_day(day)

    def _translate_qt(self) -> None:
        """Qt's own texts (file dialogs, menus of text fields) follow the language."""
        QLocale.setDefault(self.locale)
        app = QCoreApplication.instance()
        if app is None:
            return
        # The program has one set of these texts: whoever speaks last decides, also before the
        # garbage of words that spoke before is collected.
        for texts in app.findChildren(QTranslator, _QT_TEXTS):
            app.removeTranslator(texts)
            texts.deleteLater()
        if self.language == "zh":
            texts = QTranslator(app)
            texts.setObjectName(_QT_TEXTS)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if texts.load("qtbase_zh_CN", folder):
                app.installTranslator(texts)
