"""Markdown readers that others read the published pages with, each in its strict and its lax setting."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
import commonmark
import markdown
import markdown2
import mistune
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

Reader = Callable[[str], str]
"""Markdown to HTML."""


def _markdown_it_lax() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    md.validateLink = lambda url: True
    return md


def _markdown_it_plugins() -> MarkdownIt:
    md = _markdown_it_lax()
    for plugin in (attrs_plugin, attrs_block_plugin, footnote_plugin, deflist_plugin, tasklists_plugin):
        md.use(plugin)
    return md


MISTUNE = ["strikethrough", "footnotes", "table", "url", "task_lists", "def_list", "abbr", "spoiler"]
MARKDOWN = [
    "extra",
    "md_in_html",
    "admonition",
    "sane_lists",
    "toc",
    "wikilinks",
    "codehilite",
    "nl2br",
    "meta",
]
MARKDOWN2 = ["tables", "footnotes", "fenced-code-blocks", "header-ids", "task_list", "wiki-tables", "strike"]

READERS: dict[str, Reader] = {
    "markdown-it": MarkdownIt("js-default").render,
    "markdown-it lax": _markdown_it_lax().render,
    "markdown-it plugins": _markdown_it_plugins().render,
    "Python-Markdown": markdown.markdown,
    "Python-Markdown extra": lambda text: markdown.markdown(text, extensions=["extra"]),
    "Python-Markdown all": lambda text: markdown.markdown(text, extensions=MARKDOWN),
    "mistune": mistune.create_markdown(),
    "mistune lax": mistune.create_markdown(escape=False, plugins=MISTUNE),
    "commonmark": commonmark.commonmark,
    "markdown2": markdown2.markdown,
    "markdown2 extras": lambda text: markdown2.markdown(text, extras=MARKDOWN2),
    "cmark": lambda text: cmarkgfm.markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE),
    "cmark-gfm": lambda text: cmarkgfm.github_flavored_markdown_to_html(
        text, options=Options.CMARK_OPT_UNSAFE
    ),
}

STRUCTURE = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "a", "ul", "ol", "li", "blockquote", "hr"),
        *("table", "thead", "tbody", "tr", "th", "td", "strong", "em", "del", "br", "code", "pre"),
    }
)
"""What a page is made of, and formatting that does nothing."""

PLAIN_ATTRIBUTES = {
    "a": {"href"},
    "th": {"align", "style"},
    "td": {"align", "style"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
"""Attributes that readers give of themselves; `id` is made of a heading's words."""

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")


@dataclass
class _Seen(HTMLParser):
    """Collects what a browser would see in HTML that does not belong there."""

    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in STRUCTURE:
            self.found.append(f"<{tag} {attrs}>")
            return
        for name, value in attrs:
            if name not in PLAIN_ATTRIBUTES.get(tag, ()):
                self.found.append(f"{name}={value!r} in <{tag}>")
            elif name == "style" and not re.fullmatch(r"text-align: ?\w+;?", value or ""):
                self.found.append(f"style={value!r}")
            elif name == "href" and (problem := target_problem(value or "")):
                self.found.append(problem)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")


def target_problem(url: str) -> str:
    """Say what is wrong with where a link leads: a browser drops spaces and control characters first."""
    plain = re.sub(r"[\x00-\x20]", "", url).lower()
    match = SCHEME.match(plain)
    if match and match[0] not in ("http:", "https:", "mailto:"):
        return f"a link to {url!r}"
    return ""


def live_parts(html: str) -> list[str]:
    """Find in what a reader made: links to anything but http(s), mailto and pages beside; pictures; tags;
    attributes."""
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return seen.found


def live_in(text: str) -> dict[str, list[str]]:
    """Give what each reader sees in a Markdown file that runs or shows what no page should have."""
    found = {name: live_parts(read(text)) for name, read in READERS.items()}
    return {name: parts for name, parts in found.items() if parts}
