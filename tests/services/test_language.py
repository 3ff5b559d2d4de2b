"""The catalogues of texts: read as the parser of TOML reads them, only quicker."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from aml_maint import files
from aml_maint.services import language
from aml_maint.services.language import read_texts

FILES = sorted(files.resource("i18n").iterdir())


def test_every_file_of_texts_is_read_as_by_the_parser_of_toml_and_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = {path.name: tomllib.loads(path.read_text("utf-8")) for path in FILES}
    monkeypatch.setattr(language.tomllib, "loads", lambda _: {})
    assert {path.name: read_texts(path.read_text("utf-8")) for path in FILES} == whole
    assert len(whole) > 50


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# A remark\n\n",
        '"a" = "b"\n',
        '"a" = "\\"b\\" = \\"c\\" \\u00A0 \\\\d"\n',
        '"a" = "\\U0001F600"\n',
        "\"a\" = '\\d'\n",
        '"a" = """b\nc"""\n',
        'a = "b"\n',
        '"a"= "b" # a remark\n',
        '"a" = "b\u2028c"\n',
    ],
)
def test_texts_of_any_form_are_those_that_the_parser_of_toml_finds(source: str) -> None:
    assert read_texts(source) == tomllib.loads(source)


@pytest.mark.parametrize("source", ['"a" = "b"\n"a" = "c"\n', '"a" = "b","c":"d"\n', '"a" = "b\n'])
def test_what_toml_refuses_is_refused(source: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        read_texts(source)


def test_a_key_in_two_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.en.toml").write_text('"a" = "b"\n', "utf-8")
    monkeypatch.setattr(files, "listing", lambda *_, **__: sorted(tmp_path.iterdir()))
    with pytest.raises(ValueError, match="a stands twice"):
        language.catalogue.__wrapped__("en")
