"""The pages of the site, by their paths: each is made only when it is asked for."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from importlib.resources import files
from itertools import chain
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from digest.issues.output_paths import page_slug
from digest.issues.pages.admit import admit
from digest.issues.pages.html import issue_body, story_html, style
from digest.issues.pages.issue import issue_date
from digest.issues.site.beside import BesidePage, beside_html
from digest.issues.site.maps import Ahead, horizon_map, signals_by_year, theme_map
from digest.issues.trends import followed
from digest.issues.trends.theme_counts import name_key, usual
from digest.issues.trends.trending import map_of
from digest.language.folding import LETTERS, unmarked
from digest.records import Issue, ShownEntry, ShownIssue, Trends

OTHER_PAGES = ("index.html", "themes.html", "keywords.html", "trends.html", "search.html")
MIN_KEYWORD = 2
"""Entries a keyword needs for the page of keywords: one that came once leads nowhere."""
MOST_KEYWORDS = 600
"""More make the page no list to look through; those of most entries stay; judgement."""
NEWEST = 6
"""Entries that the front page shows; as many as fit a screen."""
MOST_AHEAD = 60
"""Signals listed for one year to come, the newest; a hundred issues have thousands; judgement."""
LIST_FORM = 2
"""Of the files of search.js; grows when they are written in another way."""
HASH_CHARS = 16
"""Of the hash that tells whether a page must be made again; 64 bits never meet by chance here."""


@dataclass(frozen=True)
class SitePage:
    """A page that can be made."""

    path: str
    """Relative to output/site."""
    key: str
    """Changes when the page would."""
    make: Callable[[], str]


@dataclass(frozen=True)
class Theme:
    """A theme, with where its page is and its entries, newest first."""

    name: str
    path: str
    entries: tuple[tuple[str, ShownEntry], ...]
    """With the names of their issues."""


class Site:
    """What the site shows of a newsletter."""

    def __init__(
        self,
        issues: Sequence[ShownIssue],
        found: Trends,
        whole: Callable[[str], Issue],
        *,
        title: str,
        language: str,
        map_svg: str = "",
        reviews: Sequence[BesidePage] = (),
        left_out: Sequence[BesidePage] = (),
        withdrawn: Sequence[BesidePage] = (),
    ) -> None:
        """Lay out the pages.

        Args:
            issues: Every published issue, in any order.
            found: Trends of all that was published.
            whole: Gives an issue with all that its page says.
            title: The newsletter's.
            language: ISO 639-1.
            map_svg: The map of the trends; empty for none.
            reviews: Those that were written, in the order of their list.
            left_out: What issues leave out, of those that tell.
            withdrawn: What stands in the place of entries that were withdrawn.
        """
        self.issues = sorted(issues, key=lambda issue: issue.name, reverse=True)
        self.found, self.map_svg, self.reviews = found, map_svg, reviews
        self.left_out = {page.name: page for page in left_out}
        self.withdrawn = {page.name: page for page in withdrawn if page.name not in self._here}
        self.title, self.language = admit(title) or "Digest", language or "en"
        self._pages, self._whole = environment(), lru_cache(maxsize=1)(whole)

    def pages(self) -> Iterable[SitePage]:
        """Give every page of the site."""
        for name in ("search.js", "site.css"):
            text = _script(template_text(name)) if name.endswith(".js") else style() + template_text(name)
            yield _made(name, text)
        for path, issues in self.search_lists.items():
            key = _key(LIST_FORM, [(issue.name, [each.key for each in issue.entries]) for issue in issues])
            yield SitePage(path, key, partial(_search_list, issues))
        for name in OTHER_PAGES:
            yield _made(name, self._other(name))
        yield from self._beside_pages()
        for issue in self.issues:
            keys = [f"{each.key}.{self._links(each)}" for each in issue.entries]
            frame = _key(issue.name, self._frame_key)
            told = (keys, frame, issue.name in self.left_out)
            yield SitePage(f"issues/{issue.name}.html", _key(told), partial(self._issue, issue.name))
            for place, each in enumerate(issue.entries):
                path = f"entries/{each.id}.html"
                yield SitePage(path, f"{frame}.{keys[place]}", partial(self._entry, issue.name, place))
        for theme in self.themes:
            lines = [(issue, each.id, each.title, each.signals[:1]) for issue, each in theme.entries]
            key = _key(theme.name, lines, self._frame_key)
            yield SitePage(theme.path, key, partial(self._theme, theme))

    def _beside_pages(self) -> Iterable[SitePage]:
        """Give the pages made of files beside the site, and the list of reviews where there are some."""
        if self.reviews:
            yield _made("reviews.html", self._render("reviews.html.j2", "", heading="Reviews"))
        known = [page for name, page in self.left_out.items() if name in self.names]
        gone = self.withdrawn
        for folder, pages in (("reviews", self.reviews), ("left-out", known), ("entries", gone.values())):
            for page in pages:
                here = [(each, each in gone) for each in page.entries if each in gone or each in self._here]
                key = _key(page.text, here, page.issue in self.names, self._frame_key)
                yield SitePage(f"{folder}/{page.name}.html", key, partial(self._beside, page, folder))

    def _beside(self, page: BesidePage, folder: str) -> str:
        known, is_review = self._here.keys() | self.withdrawn.keys(), folder == "reviews"
        gone = {name: each.title for name, each in self.withdrawn.items()} if is_review else {}
        body = beside_html(page, lambda each: f"../entries/{each}.html" if each in known else "", gone)
        drawn = Markup(self._map_of(page)) if is_review else ""
        # What an issue leaves out leads to it itself, but for what earlier versions wrote.
        leads = f"({page.issue}.md)" in page.text
        issue = page.issue if page.issue in self.names and not leads else ""
        return self._render(
            "beside.html.j2",
            "../",
            body=Markup(body),
            heading=page.title,
            issue=issue,
            is_review=is_review,
            map=drawn,
        )

    def _map_of(self, page: BesidePage) -> str:
        """Draw the map of trends over the entries of a review; empty where they say too little."""
        about = set(page.entries)
        entries = [each.counted for issue in self.issues for each in issue.entries if each.id in about]
        return map_of(followed(entries))

    @cached_property
    def names(self) -> set[str]:
        """The names of the issues."""
        return {issue.name for issue in self.issues}

    @cached_property
    def themes(self) -> list[Theme]:
        """Every theme, those of most entries first."""
        found: dict[str, list[tuple[str, ShownEntry]]] = {}
        written: dict[str, str] = {}
        for issue in self.issues:
            for each in issue.entries:
                for key, name in dict(each.themes).items():
                    found.setdefault(key, []).append((issue.name, each))
                    written.setdefault(key, name)
        having = {written[key]: entries for key, entries in found.items()}
        taken: dict[str, str] = {}
        for name in sorted(having):
            taken[name] = _theme_path(name, taken.values())
        by_size = sorted(having, key=lambda name: (-len(having[name]), unmarked(name), name))
        return [Theme(name, taken[name], tuple(having[name])) for name in by_size]

    @cached_property
    def _here(self) -> dict[str, str]:
        """The issue of every entry that has a page."""
        return {each.id: issue.name for issue in self.issues for each in issue.entries}

    @cached_property
    def _frame_key(self) -> str:
        names = [name for name in sorted(self._pages.list_templates()) if name.endswith(".j2")]
        return _key(self.title, self.language, style(), *map(template_text, names))

    def _links(self, each: ShownEntry) -> str:
        """Say which of what an entry's Closest names has a page here."""
        return "".join("1" if target in self._here else "0" for target in each.closest)

    @cached_property
    def search_lists(self) -> dict[str, list[ShownIssue]]:
        """The files that search.js looks through and the issues in each, newest first.

        One a month, so that a new issue leaves those of before as they are.
        """
        found: dict[str, list[ShownIssue]] = {}
        for issue in self.issues:
            month = issue.name[:6]
            is_date = month.isascii() and month.isdecimal()
            found.setdefault(f"search/{month if is_date else 'other'}.js", []).append(issue)
        return found

    def _issue(self, name: str) -> str:
        issue = self._whole(name)
        body = issue_body(issue, self._entry_address("../"))
        tells = name in self.left_out
        heading = issue_date(issue.name)
        return self._render(
            "issue.html.j2", "../", body=Markup(body), heading=heading, name=name, tells_left_out=tells
        )

    @cached_property
    def _theme_paths(self) -> dict[str, str]:
        return {name_key(theme.name): theme.path for theme in self.themes}

    def _entry(self, name: str, place: int) -> str:
        issue = self._whole(name)
        each = issue.entries[place]
        named = [
            (admit(name), self._theme_paths[name_key(name)]) for name in dict.fromkeys(each.entry.themes)
        ]
        return self._render(
            "entry.html.j2",
            "../",
            story=Markup(story_html(each, self._entry_address("../", without=each.id), is_page=True)),
            issue=issue,
            heading=admit(each.entry.title),
            themes=named,
        )

    def _theme(self, theme: Theme) -> str:
        return self._render("theme.html.j2", "../", theme=theme, heading=theme.name)

    def _other(self, name: str) -> str:
        newest = [(issue.name, each) for issue in self.issues[:1] for each in issue.entries][:NEWEST]
        drawn: dict[str, Any] = {}
        if name == "trends.html":
            years = signals_by_year(self.issues, most=MOST_AHEAD)
            drawn = {
                "map": Markup(self.map_svg),
                "over_time": Markup(theme_map(self.themes, [issue.name for issue in reversed(self.issues)])),
                "years": [(year, count, _listed(signals)) for year, count, signals in years],
                "horizon": Markup(horizon_map(years)),
                "most_ahead": MOST_AHEAD,
            }
        heading = {"index.html": ""}.get(name, name.removesuffix(".html").capitalize())
        return self._render(
            f"{name}.j2", "", heading=heading, newest=newest, keywords=self._keywords, **drawn
        )

    @cached_property
    def _keywords(self) -> list[tuple[str, str, int]]:
        """Keywords, what each is searched by, and how many entries list it, in the order of the alphabet.

        What trends take for one name is one here, written as most entries do.
        """
        counts: Counter[str] = Counter()
        written: dict[str, Counter[str]] = {}
        listed = (each.counted.keywords for issue in self.issues for each in issue.entries)
        for (plain, name), count in Counter(chain.from_iterable(listed)).items():
            counts[plain] += count
            written.setdefault(plain, Counter())[name] += count
        kept = [(admit(usual(written[plain])), plain, n) for plain, n in counts.most_common(MOST_KEYWORDS)]
        return sorted((each for each in kept if each[2] >= MIN_KEYWORD), key=lambda each: unmarked(each[0]))

    def name_path(self, name: str, kind: str) -> str:
        """Say where a theme's or a keyword's entries are listed; empty for nowhere."""
        if kind == "theme":
            return self._theme_paths.get(name_key(name), "")
        return f"search.html#keyword:{quote(name_key(name))}"

    def _entry_address(self, up: str, *, without: str = "") -> Callable[[str], str]:
        known = self._here
        return lambda each: f"{up}entries/{each}.html" if each in known and each != without else ""

    def _render(self, template: str, up: str, **values: Any) -> str:
        return self._pages.get_template(template).render(site=self, up=up, date=issue_date, **values)


@cache
def environment() -> Environment:
    """Jinja2 over this package's templates: every value is escaped, a missing one is an error."""
    return Environment(
        loader=PackageLoader("digest.issues.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: admit(value) if type(value) is str else value,
    )


def template_text(name: str) -> str:
    """A template, the style or the script as it lies in the package."""
    return files("digest.issues.site").joinpath("templates", name).read_text(encoding="utf-8")


def _script(text: str) -> str:
    """The script of the search, which folds letters as pages that are in order do."""
    return text.replace("LETTERS_FOLDED", json.dumps(LETTERS, ensure_ascii=True))


def _listed(signals: Sequence[Ahead]) -> Markup:
    """The signals of a year as items of a list; not by the template, for there are thousands."""
    return Markup(
        "".join(
            f'<li><a href="entries/{escape(each.entry.id)}.html">{escape(each.signal)}</a> '
            f'<span class="quiet">{escape(each.horizon)}</span></li>\n'
            for each in signals
        )
    )


def _search_list(issues: Sequence[ShownIssue]) -> str:
    """What search.js looks through: id, title, issue, themes, signals and keywords of every entry, and what
    keywords are counted by where that is another word."""
    rows = [
        [
            each.id,
            admit(each.title),
            issue_date(issue.name),
            [name for _, name in each.themes],
            [signal for signal in each.signals if signal],
            each.keywords,
            [key for key, name in each.counted.keywords if key != name.lower()],
        ]
        for issue in issues
        for each in issue.entries
    ]
    # No tag may be read out of it, whoever puts it into a page.
    listed = json.dumps(rows, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return f"(window.ENTRIES ||= []).push({listed});\n"


def _made(path: str, text: str) -> SitePage:
    """A page made of the whole archive: it is made at once, and told from others by what it says."""
    return SitePage(path, _key(text), lambda: text)


def _theme_path(name: str, taken: Iterable[str]) -> str:
    slug = page_slug(name)
    path = f"themes/{slug}.html"
    if slug and path not in taken:
        return path
    return f"themes/{slug or 'theme'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.html"


def _key(*of: object) -> str:
    return hashlib.sha256(repr(of).encode("utf-8", "surrogatepass")).hexdigest()[:HASH_CHARS]


def by_path(pages: Iterable[SitePage]) -> Mapping[str, SitePage]:
    """Pages by their paths."""
    return {page.path: page for page in pages}
