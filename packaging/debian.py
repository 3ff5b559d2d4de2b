"""Puts the frozen program into a Debian package, with all that a desktop asks for."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ID = "io.github.aml_maint.aml_maint"
SOURCES = Path(__file__).resolve().parent / "linux"
ROOT = SOURCES.parent.parent
HOME = "usr/lib/aml-maint"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
MAINTAINER = "aml_maint contributors <maintainers@aml-maint.invalid>"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# What the frozen program leaves to the system: packaging/aml_maint.spec, SYSTEM_LIBRARIES, and what
# no program can bring (OpenGL). The second name is the one of newer or older releases.
DEPENDS = (
    "libdbus-1-3", "libegl1", "libexpat1", "libfontconfig1", "libfreetype6", "libgcc-s1",
    "libgl1", "libglib2.0-0t64 | libglib2.0-0", "libstdc++6 (>= 12)", "libx11-6", "libx11-xcb1",
    "zlib1g",
)  # fmt: skip
RECOMMENDS = ("fonts-wqy-microhei | fonts-noto-cjk | fonts-wqy-zenhei", "libwayland-client0",
              "libwayland-cursor0", "xkb-data")  # fmt: skip
CONTROL = """\
Package: aml-maint
Version: {version}
Section: science
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Description: maintenance therapy in acute myeloid leukaemia, cycle by cycle
 For the ward that gives maintenance therapy in acute myeloid leukaemia after
 remission: it plans each cycle, records each dose as it is given, keeps
 toxicities, blood counts, marrow and MRD results beside the doses, and puts a
 cycle on one page of paper. English and Simplified Chinese.
 .
 It does not prescribe and does not decide, and it is no certified medical
 device. Ward files are encrypted, and it opens no network connection.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: aml_maint
Comment: The program is frozen with its Python and the libraries it uses. Their
 licences, with full texts, lie in
 /usr/lib/aml-maint/_internal/aml_maint/_resources/licences and are shown by the
 program. Qt and PySide6 are under the LGPL-3.0: their libraries lie as files of
 their own in /usr/lib/aml-maint/_internal/PySide6 and can be replaced.

Files: *
Copyright: 2026 aml_maint contributors
License: Expat
{licence}
"""
# Of the libraries as their makers built them: nothing here can change that.
OVERRIDES = """\
aml-maint: custom-library-search-path
aml-maint: duplicate-font-file
aml-maint: embedded-library
aml-maint: hardening-no-pie
aml-maint: library-not-linked-against-libc
aml-maint: shared-library-lacks-prerequisites
aml-maint: unstripped-binary-or-object
"""


def build_deb(
    frozen: Path, icons: Path, work: Path, dist: Path, *, version: str, made_at: int, python: Path
) -> Path:
    """The package of a frozen program, in `dist`."""
    shutil.rmtree(work, ignore_errors=True)
    architecture = ARCHITECTURES[os.uname().machine]
    tree = work / "tree"
    shutil.copytree(frozen, tree / HOME, symlinks=True)
    _plain_modes(tree / HOME)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/aml-maint").symlink_to("../lib/aml-maint/aml-maint")
    _desktop(tree, icons, version, made_at)
    _documents(tree, version, made_at, python)
    _control(tree, version, architecture)
    for path in sorted(tree.rglob("*"), reverse=True):
        os.utime(path, (made_at, made_at), follow_symlinks=False)
    target = dist / f"aml-maint_{version}_{architecture}.deb"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(made_at)}
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", tree, target],
        check=True, stdout=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    return target


def _plain_modes(folder: Path) -> None:
    """Programs can be started, everything else only read."""
    for path in folder.rglob("*"):
        if path.is_symlink():
            continue
        starts = path.is_dir() or path.parent == folder
        path.chmod(0o755 if starts else 0o644)


def _desktop(tree: Path, icons: Path, version: str, made_at: int) -> None:
    """The entry of the menu, the icon, the kind of file, and the entry of software centres."""
    share = tree / "usr/share"
    day = datetime.fromtimestamp(made_at, UTC).date().isoformat()
    metainfo = (SOURCES / f"{ID}.metainfo.xml").read_text("utf-8")
    metainfo = metainfo.replace("@VERSION@", version).replace("@DATE@", day)
    _write(share / "metainfo" / f"{ID}.metainfo.xml", metainfo)
    _copy(SOURCES / f"{ID}.desktop", share / "applications" / f"{ID}.desktop")
    _copy(SOURCES / f"{ID}.xml", share / "mime/packages" / f"{ID}.xml")
    hicolor = share / "icons/hicolor"
    for size in ICON_SIZES:
        _copy(icons / f"{size}.png", hicolor / f"{size}x{size}/apps" / f"{ID}.png")
    drawing = ROOT / "resources" / "app" / "aml_maint.svg"
    _copy(drawing, hicolor / "scalable/apps" / f"{ID}.svg")


def _documents(tree: Path, version: str, made_at: int, python: Path) -> None:
    """Licence, changes and the page of the manual."""
    documents = tree / "usr/share/doc/aml-maint"
    licence = (ROOT / "LICENSE").read_text("utf-8").split("\n\n", 2)[2]
    lines = [f" {line}" if line.strip() else " ." for line in licence.strip().splitlines()]
    _write(documents / "copyright", COPYRIGHT.format(licence="\n".join(lines)))
    day = datetime.fromtimestamp(made_at, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    changes = (
        f"aml-maint ({version}) unstable; urgency=medium\n\n"
        f"  * See the changes that the program shows as “What’s new”.\n\n"
        f" -- {MAINTAINER}  {day}\n"
    )
    _write_packed(documents / "changelog.gz", changes, made_at)
    page = subprocess.run(
        [python, SOURCES / "manpage.py"], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout
    _write_packed(tree / "usr/share/man/man1/aml-maint.1.gz", page, made_at)
    _write(tree / "usr/share/lintian/overrides/aml-maint", OVERRIDES)


def _control(tree: Path, version: str, architecture: str) -> None:
    size = sum(p.lstat().st_size for p in tree.rglob("*") if not p.is_dir()) // 1024
    depends = (f"libc6 (>= {newest_glibc(tree)})", *DEPENDS)
    control = CONTROL.format(
        version=version, architecture=architecture, maintainer=MAINTAINER, size=size,
        depends=", ".join(depends), recommends=", ".join(RECOMMENDS),
    )  # fmt: skip
    _write(tree / "DEBIAN/control", control)


def newest_glibc(tree: Path) -> str:
    """The oldest C library that all the binaries run with: the newest that one of them names."""
    found = {(2, 34)}
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if content.startswith(b"\x7fELF"):
                versions = re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?=[\0.])", content)
                found |= {(int(major), int(minor)) for major, minor in versions}
    return ".".join(map(str, max(found)))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o644)


def _write_packed(path: Path, text: str, made_at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=made_at))
    path.chmod(0o644)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)
