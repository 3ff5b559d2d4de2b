"""The manual as a folder of pages that any web server, or no server at all, can show."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from string import Template

from aml_maint import __version__, files
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import LANGUAGES, NBSP, Language, say
from aml_maint.services.language import catalogue
from aml_maint.services.manual import FOLDER, START, Manual, Page, manual, picture
from aml_maint.services.manual_markup import html_of
from aml_maint.store import disk

_OTHER: dict[Language, tuple[Language, str]] = {"en": ("zh", "中文"), "zh": ("en", "English")}


def write_site(folder: Path, first: Language) -> int:
    """Write all pages in both languages; `first` is the one the folder opens with.

    Tells how many pages there are; what lies in the folder under other names stays. BadInput if
    the folder can't be there, StorageProblem if the disk fails.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(say("saving.exists", file=str(folder)), field="out")
    written = 0
    for name, content in site_files(first):
        target = folder / name
        with disk.file_problems(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        written += name.endswith(".html")
    return written


def site_files(first: Language) -> Iterator[tuple[str, bytes]]:
    """Every file of the site: its name, with its folder, and its content."""
    yield "index.html", _index(first).encode()
    yield "style.css", (_colors() + _piece("style.css")).encode()
    yield "search.js", _piece("search.js").encode()
    template = Template(_piece("page.html"))
    for language in LANGUAGES:
        book = manual(language)
        yield f"{language}/search-index.js", _search_index(book).encode()
        shown: set[str] = set()
        for page in book.pages.values():
            yield f"{language}/{page.name}.html", _page(template, book, page, shown).encode()
        for name in sorted(shown):
            path = picture(name, language)
            assert path is not None  # only pictures that are there were shown
            yield f"{language}/pictures/{name}", path.read_bytes()


def _page(template: Template, book: Manual, page: Page, shown: set[str]) -> str:
    words, language = catalogue(book.language), book.language
    other, other_name = _OTHER[language]
    names = list(book.pages.values())
    at = names.index(page)
    before = _step("‹ {}", names[at - 1]) if at else ""
    after = _step("{} ›", names[at + 1]) if at + 1 < len(names) else ""

    def image(target: str, caption: str) -> str:
        name = target.rpartition("/")[2]
        told = html.escape(caption)
        if picture(name, language) is None:
            return f"<em>{told}</em>"
        shown.add(name)
        drawn = f'<img src="pictures/{name}" alt="{told}" loading="lazy">'
        return f"<figure>{drawn}<figcaption>{told}</figcaption></figure>"

    article = html_of(page.text, link=_link, picture=image)
    article = article.replace("<p><figure>", "<figure>").replace("</figure></p>", "</figure>")
    article = article.replace("<table>", '<div class="wide"><table>')
    return template.substitute(
        lang="zh-Hans" if language == "zh" else "en",
        title=html.escape(page.title),
        search=words.text("help.search"),
        nothing=words.text("help.nothing"),
        contents=words.text("help.contents"),
        page=page.name,
        other=other,
        other_name=other_name,
        navigation=_navigation(book, page),
        article=article.replace("</table>", "</table></div>"),
        before=before,
        after=after,
        version=html.escape(words.text(say("app.version", version=__version__))),
    )


def _navigation(book: Manual, shown: Page) -> str:
    lines: list[str] = []
    for section in book.sections:
        lines += [f"<h2>{html.escape(section.title)}</h2>", "<ul>"]
        for page in section.pages:
            here = ' aria-current="page"' if page is shown else ""
            title = html.escape(page.title)
            lines.append(f'<li><a href="{page.name}.html"{here}>{title}</a></li>')
        lines.append("</ul>")
    return "\n".join(lines)


def _step(form: str, page: Page) -> str:
    return f'<a href="{page.name}.html">{form.format(html.escape(page.title))}</a>'


def _link(target: str) -> str:
    name, _, anchor = target.partition("#")
    name = f"{name.removesuffix('.md')}.html" if name.endswith(".md") else name
    return f"{name}#{anchor}" if anchor else name


def _search_index(book: Manual) -> str:
    """The words of every part, for the script of the pages: it needs no server."""
    parts = [
        {
            "page": page.title,
            "title": part.title,
            "top": part.level <= 1,
            "href": f"{page.name}.html" + (f"#{part.anchor}" if part.level > 1 else ""),
            "text": part.text.replace("\n", " ").replace(NBSP, " "),
        }
        for page in book.pages.values()
        for part in page.parts
    ]
    return f"window.PARTS = {json.dumps(parts, ensure_ascii=False)};\n"


def _index(first: Language) -> str:
    target = f"{first}/{START}.html"
    links = " · ".join(
        f'<a href="{language}/{START}.html" lang="{language}">{manual(language).page(START).title}'
        "</a>"
        for language in LANGUAGES
    )
    return (
        f'<!doctype html>\n<html lang="{first}"><head><meta charset="utf-8">\n'
        f"<title>aml_maint</title>\n"
        f'<meta http-equiv="refresh" content="0; url={target}"></head>\n'
        f"<body><p>{links}</p></body></html>\n"
    )


def _colors() -> str:
    """The colours of both themes; the reader's system chooses."""

    def variables(theme: str) -> str:
        data = files.read_toml("themes", f"{theme}.toml")
        return " ".join(f"--{token}: {data['base'][c]};" for token, c in data["tokens"].items())

    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {variables('dark')} }} }}"
    return f":root {{ {variables('light')} }}\n{dark}\n"


def _piece(name: str) -> str:
    return files.resource(FOLDER, "site", name).read_text("utf-8")
