"""Prints the page of the manual for `man aml-maint`, made from the texts of the command's help."""

from __future__ import annotations

import sys

from aml_maint import __version__
from aml_maint.cli.parser import MODULES, help_key
from aml_maint.services.language import catalogue

HEAD = r""".TH AML-MAINT 1 "" "aml_maint {version}" "User Commands"
.SH NAME
aml-maint \- maintenance therapy in acute myeloid leukaemia, cycle by cycle
.SH SYNOPSIS
.B aml-maint
[\fIFILE\fR]
.br
.B aml-maint demo
[\fB\-\-render\fR \fIFOLDER\fR]
.br
.B aml-maint
\fICOMMAND\fR [\fIOPTIONS\fR]
.SH DESCRIPTION
Without a command the window opens: on the ward file that is named, or on the page where one is
opened or created.
With a command the same work is done without a window.
\fBaml-maint \fICOMMAND\fB \-\-help\fR shows the options of a command.
.PP
It does not prescribe and does not decide, and it is no certified medical device.
.SH OPTIONS EVERYWHERE
"""
OPTIONS = {
    "--database FILE": "cli.help.database",
    "--passphrase-file FILE": "cli.help.passphrase_file",
    "--user NAME": "cli.help.user",
    "--demo": "cli.help.in_demo",
    "--json": "cli.help.json",
    "--language en|zh": "cli.help.language",
}
FOOT = r""".SH EXIT STATUS
{codes}
.SH ENVIRONMENT
.TP
.B AML_MAINT_DATABASE, AML_MAINT_PASSPHRASE, AML_MAINT_USER
As the options \-\-database, \-\-passphrase\-file and \-\-user, for want of them.
.SH FILES
.TP
.I ~/.local/share/aml_maint/ward.amldb
The ward file that is opened when none is named.
Beside it lies the file with its keys; both are encrypted.
"""


def plain(text: str) -> str:
    """A text as roff takes it: nothing in it is an order to it."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("\N{NO-BREAK SPACE}", " ")
    return f"\\&{text}" if text[:1] in ".'" else text


def main() -> None:
    words = catalogue("en")
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    out = [HEAD.format(version=__version__)]
    for option, key in OPTIONS.items():
        out.append(f".TP\n.B {plain(option)}\n{plain(words.text(key))}\n")
    out.append(".SH COMMANDS\n")
    for name in MODULES:
        out.append(f".TP\n.B {plain(name)}\n{plain(words.text(help_key(name)))}\n")
    out.append(FOOT.format(codes=plain(words.text("cli.help.exit_codes"))))
    sys.stdout.write("".join(out))


if __name__ == "__main__":
    main()
