"""What an editor should know before an issue goes out: each with its file, its line, and how serious it is.

Judges what readers would see, not what the files hold: a secret that publishing leaves out is none. Nothing
is asked of the network here; what is known of links is given.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import lxml.html
from lxml.html import HtmlElement

from digest.issues.draft_checks import check_drafts, check_mark, newer, places_of, reason_of
from digest.issues.draft_files import DraftFiles
from digest.issues.forms import MOST_BYTES, issue_mail
from digest.issues.forms.fragments import WHOLE
from digest.issues.introduction import read_introduction
from digest.issues.output_paths import entry_page, introduction_file, issue_file
from digest.issues.pages.story import render_story
from digest.issues.pages.written import safe_html
from digest.issues.publishable import unpublishable
from digest.language.addresses import address_key, host
from digest.language.secrecy import secretless_url, shown_url
from digest.records import CELLS, Finding, FindingKind, Issue, IssueEntry
from digest.store import Store
from digest.workspace.files import FileError, read_text

ENTRY_LINK = re.compile(r"\]\(<?([0-9a-f]{32})>?[ )]")
"""A link to an entry of the archive, in Markdown."""

LINE = re.compile(r"line (\d+): ")
FAULT = re.compile(r"(?P<file>.+?): (?:line (?P<line>\d+): )?(?P<what>.+)", re.DOTALL)
"""What keeps a file from being published, as it is told elsewhere."""

UNPUBLISHED_LINK = "expected an http, https or mailto address"
"""How it is told that a link of a draft leads nowhere from outside: publishing refuses it."""

SECTIONS = (("summary", "Summary"), ("keywords", "Keywords"), ("themes", "Themes"))
"""What every story has; only one that reports no change goes without signals."""


@dataclass(frozen=True)
class Source:
    """A piece of an issue, and the file where it is mended."""

    file: str
    text: str
    html: str
    """As readers get it, clean."""
    entry: IssueEntry | None = None
    """None for the introduction."""

    def told(self, kind: FindingKind, line: int, what: str, *, section: str = "") -> Finding:
        """Make a finding about it."""
        entry = self.entry.id if self.entry else ""
        return Finding(kind, self.file, line, what, entry=entry, section=section)

    def line_of(self, *needles: str) -> int:
        """Find the line of the file that holds one of these, the first that is found; 0 for none."""
        for needle in filter(None, needles):
            at = self.text.find(needle)
            if at >= 0:
                return self.text.count("\n", 0, at) + 1
        return 0


def preflight(
    store: Store,
    output: Path,
    issue: Issue,
    files: DraftFiles,
    *,
    serious: Collection[FindingKind],
    opt_out: Sequence[str] = (),
    dead: Mapping[str, str] | None = None,
    places: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Look through an issue before it goes out.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: As readers would get it.
        files: Its draft files.
        serious: Kinds of findings that keep it back.
        opt_out: Hosts of publishers who do not want to be in it.
        dead: By address: why it leads nowhere.
        places: The issue in which each published entry stands, by its id.

    Returns:
        The serious ones first; by file and line.
    """
    sources = sources_of(output, issue, files)
    found: list[Finding] = list(_size(output, issue, places or {}))
    for source in sources:
        found += [*_pictures(source), *_addresses(source)]
    found += [*_dead(sources, dead or {}), *_without_readers(store, issue, sources, files)]
    stories = [each for each in sources if each.entry]
    found += [*_told_twice(store, stories), *_italics(output, issue, stories, files)]
    found += [*_opted_out(stories, opt_out), *_missing(stories), *_failed(store, output, stories, files)]
    return _sorted(found, serious)


def broken_files(
    store: Store, output: Path, issue: str, files: DraftFiles, *, serious: Collection[FindingKind]
) -> list[Finding]:
    """Name what of an issue's approved drafts and introduction could not be published as it stands."""
    approved = {row.id for row in store.drafts.drafts(issue=issue) if row.status == "approved"}
    drafts = {each: draft for each, draft in files.found.items() if each in approved}
    told = [each.message for each in files.problems if each.may_be_approved]
    found = [
        _as_finding(output, each, entry=entry)
        for entry, draft in drafts.items()
        for each in unpublishable(store, {entry: draft})
    ]
    try:
        introduction = read_introduction(output, issue)
    except FileError as error:
        introduction, told = None, [*told, str(error)]
    told += introduction.problems if introduction else ()
    return _sorted([*found, *(_as_finding(output, each) for each in told)], serious)


def together(
    broken: Sequence[Finding], found: Iterable[Finding], *, serious: Collection[FindingKind]
) -> list[Finding]:
    """Put what keeps an issue from being published with what else was found in what of it can be read.

    Args:
        broken: As `broken_files` gives it.
        found: As `preflight` gives it; links that lead nowhere are among both.
        serious: Kinds of findings that keep it back.
    """
    told = {(each.kind, each.file) for each in broken}
    links = ("relative-address",)
    more = [each for each in found if each.kind not in links or (each.kind, each.file) not in told]
    return _sorted([*broken, *more], serious)


def sources_of(output: Path, issue: Issue, files: DraftFiles) -> list[Source]:
    """Give the pieces of an issue with their files; an imported entry's is its page."""
    found = []
    if words := "\n\n".join((issue.opening.introduction, *(each.text for each in issue.opening.lines))):
        path = introduction_file(output, issue.name)
        found.append(Source(_name(output, path), _text(path), safe_html(words)))
    for each in issue.entries:
        html = safe_html(render_story(each, lambda entry_id: ""), name=each.id)
        draft = files.found.get(each.id)
        path = draft.path if draft else entry_page(output, each.id)
        text = draft.text if draft else _text(path)
        found.append(Source(_name(output, path), text, html, each))
    return found


def addresses_of(sources: Sequence[Source]) -> list[str]:
    """Give the web addresses that an issue leads to, each once; what opens a door is left out."""
    return list(dict.fromkeys(address for source in sources for address in _asked_of(source)))


def losses_known(store: Store, addresses: Sequence[str]) -> dict[str, str]:
    """Say of addresses that no run could reach why that was, without asking anybody."""
    return store.links.losses_of({address_key(each): each for each in addresses})


def _asked_of(source: Source) -> Iterator[str]:
    for address in _links(source):
        if address.startswith(("http://", "https://")) and secretless_url(address) == address:
            yield address


def _dead(sources: Sequence[Source], dead: Mapping[str, str]) -> Iterator[Finding]:
    told: set[str] = set()
    for source in sources:
        for address in _asked_of(source):
            if address in dead and address not in told:
                told.add(address)
                what = f"{shown_url(address)}: {dead[address]}"
                yield source.told("dead-link", source.line_of(address), what)


def _without_readers(
    store: Store, issue: Issue, sources: Sequence[Source], files: DraftFiles
) -> Iterator[Finding]:
    """Find links of an editor's to entries that readers do not have."""
    shown = store.drafts.approved_in(store.drafts.published_issues() | {issue.name})
    opening = [issue.opening.introduction, *(each.text for each in issue.opening.lines)]
    for source in sources:
        draft = files.found.get(source.entry.id) if source.entry else None
        entry = draft.file.entry if draft else source.entry.entry if source.entry else None
        texts = [part.text for part in entry.parts] if entry else opening
        for target in dict.fromkeys(each for text in texts for each in ENTRY_LINK.findall(text)):
            if target not in shown:
                what = f"leads to an entry that readers do not have: {target}"
                yield source.told("dead-link", source.line_of(f"]({target}"), what)


def _size(output: Path, issue: Issue, places: Mapping[str, str]) -> Iterator[Finding]:
    mail = issue_mail(issue, places=places)
    if mail.cut_at:
        file = _name(output, issue_file(output, issue.name, ".email.html"))
        entry = next((each.id for each in issue.entries if each.entry.title == mail.cut_at), "")
        what = f"the mail would have more than {MOST_BYTES // 1_000} kB, so it ends at “{mail.cut_at}”"
        yield Finding("size", file, 0, what, entry=entry)


def _pictures(source: Source) -> Iterator[Finding]:
    for each in _root(source).iter("img"):
        if not (each.get("alt") or "").strip():
            address = each.get("src") or ""
            line = source.line_of(address)
            yield source.told("picture-without-text", line, f"a picture without words: {shown_url(address)}")


def _addresses(source: Source) -> Iterator[Finding]:
    for address in dict.fromkeys(_links(source)):
        line = source.line_of(address)
        if not WHOLE.match(address):
            what = f"leads nowhere from a mail: {shown_url(address)}; write the whole address"
            yield source.told("relative-address", line, what)
        elif secretless_url(address) != address:
            yield source.told("private-address", line, f"opens a door for readers: {shown_url(address)}")


def _told_twice(store: Store, sources: Sequence[Source]) -> Iterator[Finding]:
    """Find stories told before in the same issue: of one article, one title, or one story of the archive."""
    groups = store.drafts.stories_of(each.entry.id for each in sources if each.entry)
    first: dict[tuple[str, str], Source] = {}
    for source in sources:
        assert source.entry
        entry = source.entry.entry
        marks = [("article", address_key(entry.url)), ("title", " ".join(entry.title.casefold().split()))]
        marks += [("story", groups[source.entry.id])] if source.entry.id in groups else []
        twin = next((first[mark] for mark in marks if mark in first), None)
        for mark in marks:
            first.setdefault(mark, source)
        if twin and twin.entry:
            line = source.line_of(entry.url)
            said = f"the same story as “{twin.entry.entry.title}” in {twin.file}"
            yield source.told("told-twice", line, said)


def _italics(output: Path, issue: Issue, sources: Sequence[Source], files: DraftFiles) -> Iterator[Finding]:
    """Find suggestions that nobody has taken over, whether they are printed or left out."""
    if issue.opening.has_suggestions:
        file = _name(output, introduction_file(output, issue.name))
        what = "suggestions of a language model that nobody took over are printed"
        yield Finding("italics", file, 0, what)
    for source in sources:
        assert source.entry
        draft = files.found.get(source.entry.id)
        rows = draft.file.entry.signals if draft else source.entry.entry.signals
        for row in rows:
            if row.suggested:
                names = ", ".join(name for name in CELLS if name in row.suggested)
                said = f"suggestions that nobody took over ({names}) beside “{row.signal}”"
                # The summary may say the same before the table does.
                line = source.line_of(f"| {row.signal}", row.signal)
                yield source.told("italics", line, said, section="signals")


def _opted_out(sources: Sequence[Source], opt_out: Sequence[str]) -> Iterator[Finding]:
    for source in sources:
        assert source.entry
        entry = source.entry.entry
        for address in (entry.url, *(each.target for each in entry.sources)):
            name = host(address).removeprefix("www.")
            if any(name == each or name.endswith(f".{each}") for each in opt_out):
                line = source.line_of(address)
                yield source.told("opted-out", line, f"{name} is on the list settings.opt_out")


def _missing(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        assert source.entry
        entry = source.entry.entry
        for name, heading in SECTIONS:
            if not getattr(entry, name):
                line = source.line_of(f"## {heading}")
                yield source.told("missing-section", line, f"nothing stands under {heading}", section=name)


def _failed(store: Store, output: Path, sources: Sequence[Source], files: DraftFiles) -> Iterator[Finding]:
    ids = [each.entry.id for each in sources if each.entry and each.entry.id in files.found]
    drafts = {each: files.found[each] for each in ids}
    for each, checks in check_drafts(store, drafts).items():
        draft = drafts[each]
        failed = newer(checks)
        lines = places_of(draft, failed)
        for one in failed:
            match = LINE.match(lines[one.statement])
            said = f"“{one.statement}”: {reason_of(one)}"
            line = int(match[1]) if match else 0
            file, mark = _name(output, draft.path), check_mark(one)
            yield Finding("failed-check", file, line, said, entry=each, mark=mark)


def _root(source: Source) -> HtmlElement:
    return lxml.html.fragment_fromstring(source.html, create_parent="div")


def _links(source: Source) -> list[str]:
    root = _root(source)
    found = [each.get("href") for each in root.iter("a")] + [each.get("src") for each in root.iter("img")]
    return [each.strip() for each in found if each and each.strip()]


def _as_finding(output: Path, message: str, *, entry: str = "") -> Finding:
    match = FAULT.fullmatch(message)
    if match is None:
        return Finding("unreadable", "", 0, message, entry=entry)
    path = Path(match["file"])
    file = _name(output, path) if path.is_relative_to(output) else match["file"]
    kind: FindingKind = "relative-address" if UNPUBLISHED_LINK in message else "unreadable"
    return Finding(kind, file, int(match["line"] or 0), match["what"], entry=entry)


def _sorted(found: Iterable[Finding], serious: Collection[FindingKind]) -> list[Finding]:
    return sorted(
        (replace(each, is_serious=each.kind in serious) for each in dict.fromkeys(found)),
        key=lambda each: (not each.is_serious, each.file, each.line, each.kind, each.what),
    )


def _name(output: Path, path: Path) -> str:
    """Name a file as seen from the workspace."""
    return path.relative_to(output.parent).as_posix()


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except FileError:
        return ""  # its words are known from the archive; only its lines are not
