"""A well-formed XML feed -> the same feed, with whole addresses and in each entry only what is its own.

feedparser takes a feed as one stream of elements: a link inside a block of related articles becomes the
entry's, the last of several links wins, and a base address is handed on to the next entry. So, before it
reads, here:

- What an entry holds is its children. A child that has children of its own stays only if it is text with
  markup (content, summary, title ...), a person, or a media group, of which only media elements stay. Related
  articles, sources, comments, entries within entries go, with their links and dates.
- Entries elsewhere than in the channel, feed or root go where there are some in the right place.
- An entry's address is that of its best link: one that leads to a page, in the newsletter's language, given
  first. The others go.
- Addresses are resolved against the bases in scope (`xml:base`), outermost first, from the feed's own address
  on. An address that is whole stays as it is to the byte.

A feed in which nothing of this needs doing is returned as it was given.
"""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from digest.feeds.entry_text import absolute, with_absolute_links
from digest.feeds.transcripts import KINDS
from digest.language.addresses import is_web_address

_CORE = re.compile(
    r"(?:w3\.org/2005/atom|purl\.org/(?:rss/1\.0/|atom/ns#|echo/|pie/|rss/1\.0/modules/rss091#)"
    r"|my\.netscape\.com/rdf/simple/0\.9/|channel\.netscape\.com/rdf/simple/0\.9/|backend\.userland\.com/rss\w*"
    r"|blogs\.law\.harvard\.edu/tech/rss|example\.com/(?:newformat#|necho)|uri/of/echo/namespace#)$",
    re.IGNORECASE,
)
_XML = "{http://www.w3.org/XML/1998/namespace}"
# Vocabularies whose texts feedparser reads with their markup.
_TEXT_NAMESPACES = re.compile(
    r"purl\.org/(?:rss/1\.0/modules/content/|dc/)|w3\.org/1999/xhtml|itunes\.com/dtds|search\.yahoo\.com/mrss",
    re.IGNORECASE,
)
_MEDIA = "search.yahoo.com/mrss"
_ENTRIES = ("item", "entry")
_PARENTS = ("channel", "feed", "rss", "rdf")
_TEXTS = frozenset(
    """
    title summary content description subtitle tagline info rights copyright abstract encoded body
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_PERSONS = frozenset(
    ("author", "contributor", "creator", "owner", "publisher", "managingeditor", "webmaster")
)
_PERSON_PARTS = frozenset(("name", "email", "uri", "url", "homepage"))
_MEDIA_PARTS = frozenset(
    """
    group content title description thumbnail credit keywords category rating text copyright
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
# Names that feedparser would take from another vocabulary for the entry's own.
_OWN_NAMES = frozenset(
    """
    link id guid pubdate published updated issued modified created date title summary content
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_IANA = re.compile(r"https?://www\.iana\.org/assignments/(?:relation|link-relations)/", re.IGNORECASE)
_PAGES = ("", "text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
_READABLE = (*_PAGES, "application/pdf", "text/plain", "html", "xhtml")
_ADDRESSES = ("href", "src")
# What feedparser takes the square of: it compares each category with all before it, and looks for a mail
# address from every letter of an author on. 84 real feeds stay below 60 and 300 (November 2026).
_MAX_ALIKE = 200
_MAX_NAME = 1000  # characters of a person
# A base that grows from level to level would take the square of the feed's length.
_MAX_CHARACTERS = 4000


def settled(text: str, *, url: str, language: str = "") -> str:
    """Rewrite a feed so that a reader of streams finds in each entry only what is its own.

    Args:
        text: Well-formed XML without entities of its own.
        url: Where it came from.
        language: The newsletter's, "en"; among an entry's links in several languages it wins.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return text
    is_changed = _drop_strays(root)
    bases = _bases(root, url)
    for element in (root, *_channels(root), *_outermost(root)):
        is_entry = _name(element) in _ENTRIES
        is_changed |= _thin(element)
        if is_entry:
            is_changed |= _keep_own(element)
            is_changed |= _settle_transcripts(element, language)
        is_changed |= _settle_links(element, url, language, bases)
        if is_entry and bases:
            _resolve_bodies(element, url, bases)
    if bases:
        _drop_bases(root)
    if not (is_changed or bases):
        return text
    return str(etree.tostring(root.getroottree(), encoding="unicode"))


def _name(element: etree._Element) -> str:
    """Give an element's name as feedparser would know it; with a colon where it is of another vocabulary."""
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    local = str(name.localname).lower()
    if name.namespace is None or element.prefix is None or _CORE.search(name.namespace):
        return local
    return f":{local}"


def _is_foreign(element: etree._Element, entry: etree._Element) -> bool:
    """Say whether an element is of another vocabulary, though its name has no prefix."""
    namespace = etree.QName(element).namespace
    own = etree.QName(entry).namespace
    return namespace is not None and namespace != own and not _CORE.search(namespace)


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the entries that are in no other entry, in order."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if _name(element) in _ENTRIES and element is not root:
            walk.skip_subtree()
            yield element


def _channels(root: etree._Element) -> list[etree._Element]:
    return [child for child in root if _name(child) == "channel"]


def _drop_strays(root: etree._Element) -> bool:
    """Take out entries in the wrong place, where there are some in the right one."""
    entries = list(_outermost(root))
    places = [_name(entry.getparent()) in _PARENTS or entry.getparent() is root for entry in entries]
    if all(places) or not any(places):
        return False
    for entry, is_right in zip(entries, places, strict=True):
        if not is_right:
            _remove(entry)
    return True


def _keep_own(entry: etree._Element) -> bool:
    """Take out the blocks of an entry that are about something else; says whether there were any."""
    lost = [child for child in entry if not _is_own(child, entry)]
    for child in lost:
        _remove(child)
        is_empty = not len(child) and not (child.text or "").strip()
        if is_empty and _name(child) in _ENTRIES and entry.getparent() is not None:
            # Says nothing, and is an entry of the feed all the same: one that was nested by mistake.
            child.tail = None
            entry.addnext(child)
    changed = [_keep_parts(child) for child in entry]
    return bool(lost) or any(changed)


def _is_own(child: etree._Element, entry: etree._Element) -> bool:
    if not isinstance(child.tag, str):
        return True
    local = etree.QName(child).localname.lower()
    if local in _ENTRIES or (local in _OWN_NAMES and not child.prefix and _is_foreign(child, entry)):
        return False
    if not any(isinstance(part.tag, str) for part in child):
        return True
    if local in _PERSONS or (local in ("group", "content") and _is_media(child)):
        return True
    is_text = ":" not in _name(child) or _TEXT_NAMESPACES.search(etree.QName(child).namespace or "")
    return bool(is_text) and local in _TEXTS and _has_markup(child)


def _has_markup(child: etree._Element) -> bool:
    """Say whether the elements in a text are its markup, rather than a document of another kind."""
    kind = (child.get("type") or "").partition(";")[0].strip().lower()
    return "xml" not in kind or "xhtml" in kind


def _keep_parts(child: etree._Element) -> bool:
    """Of a person or a media group, keep what belongs to such."""
    if not isinstance(child.tag, str) or not len(child):
        return False
    if _is_media(child):
        lost = [part for part in child.iterdescendants(etree.Element) if not _is_media_part(part)]
    elif etree.QName(child).localname.lower() in _PERSONS:
        lost = [
            part
            for part in child
            if isinstance(part.tag, str) and etree.QName(part).localname.lower() not in _PERSON_PARTS
        ]
    else:
        return False
    for part in lost:
        if part.getparent() is not None:
            _remove(part)
    return bool(lost)


def _is_media(element: etree._Element) -> bool:
    return _MEDIA in (etree.QName(element).namespace or "")


def _is_media_part(element: etree._Element) -> bool:
    return _is_media(element) and etree.QName(element).localname.lower() in _MEDIA_PARTS


def _remove(element: etree._Element) -> None:
    """Take an element out, with the text behind it, which in an entry means nothing."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _thin(holder: etree._Element) -> bool:
    """Keep the first of many elements of one name, and the beginning of a long name; entries are no such."""
    counts: Counter[object] = Counter()
    lost = []
    is_cut = False
    for part in _parts(holder):
        counts[part.tag] += 1
        if counts[part.tag] > _MAX_ALIKE:
            lost.append(part)
        elif len(part.text or "") > _MAX_NAME and _is_of_person(part):
            part.text = (part.text or "")[:_MAX_NAME]
            is_cut = True
    for part in lost:
        _remove(part)
    return bool(lost) or is_cut


def _parts(holder: etree._Element) -> Iterator[etree._Element]:
    """Yield what a channel or entry consists of, with the parts of its persons and media groups."""
    for child in holder.iterchildren(etree.Element):
        name = etree.QName(child).localname.lower()
        if name in (*_ENTRIES, *_PARENTS):
            continue
        yield child
        if len(child) and (name in _PERSONS or _is_media(child)):
            yield from child.iterdescendants(etree.Element)


def _is_of_person(part: etree._Element) -> bool:
    name = etree.QName(part).localname.lower()
    return name in _PERSONS or name in _PERSON_PARTS


# -- links ---------------------------------------------------------------------------------------------------


def _settle_links(
    holder: etree._Element, url: str, language: str, bases: "dict[etree._Element, str]"
) -> bool:
    """Leave one link to an entry, feed or channel: its own, whole. Says whether anything changed."""
    links = [child for child in holder if _name(child) == "link"]
    if _is_settled(links) and not bases:
        return False
    ranked = []
    for place, link in enumerate(links):
        address = absolute(_address(link), bases.get(link, url))
        if _is_alternate(link) and is_web_address(address):
            ranked.append((*_rank(link, holder, language), place, address))
    best = min(ranked, default=None)
    for place, link in enumerate(links):
        if best is None or place != best[-2]:
            _remove(link)
        else:
            _write(link, str(best[-1]))
    return True


def _settle_transcripts(entry: etree._Element, language: str) -> bool:
    """Leave one transcript of an episode: of a format that can be read, best in the newsletter's language."""
    found = [child for child in entry if isinstance(child.tag, str) and _is_transcript(child)]
    ranked = [
        (KINDS.index(kind), _distance(each, entry, language), place)
        for place, each in enumerate(found)
        if (kind := (each.get("type") or "").partition(";")[0].strip().lower()) in KINDS and each.get("url")
    ]
    best = min(ranked, key=lambda rank: (rank[1], rank[0], rank[2]), default=None)
    lost = [each for place, each in enumerate(found) if best is None or place != best[-1]]
    for each in lost:
        _remove(each)
    return bool(lost)


def _is_transcript(element: etree._Element) -> bool:
    name = etree.QName(element)
    return name.localname.lower() == "transcript" and "podcast" in (name.namespace or "").lower()


def _is_settled(links: list[etree._Element]) -> bool:
    """Say whether feedparser finds the right one among these links by itself."""
    alternates = [link for link in links if _is_alternate(link)]
    others = [link for link in links if not _is_alternate(link)]
    return (
        len(alternates) < 2
        and all(link.get("rel") in (None, "alternate") for link in alternates)
        and all((link.get("type") or "") in _PAGES[:3] and not len(link) for link in alternates)
        and all(link.get("href") for link in others)
    )


def _address(link: etree._Element) -> str:
    return str(link.get("href") or link.get("url") or link.get("uri") or "".join(link.itertext())).strip()


def _write(link: etree._Element, address: str) -> None:
    is_attribute = any(link.get(name) for name in ("href", "url", "uri"))
    for name in list(link.attrib):
        del link.attrib[name]
    for child in list(link):
        link.remove(child)
    if is_attribute:
        link.text = None
        link.set("rel", "alternate")
        link.set("href", address)
    else:
        link.text = address


def _is_alternate(link: etree._Element) -> bool:
    relations = _IANA.sub("", link.get("rel") or "").lower().split()
    return not relations or "alternate" in relations


def _rank(link: etree._Element, holder: etree._Element, language: str) -> tuple[bool, int, bool]:
    """Rank a link: first what can be read, then what is in the newsletter's language, then pages."""
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    return kind not in _READABLE, _distance(link, holder, language), kind not in _PAGES


def _distance(link: etree._Element, holder: etree._Element, language: str) -> int:
    """Say how far a link's language is from the newsletter's; one that names none is between."""
    wanted = _code(language)
    around = (link, holder, holder.getparent(), holder.getroottree().getroot())
    inherited = (each.get(f"{_XML}lang") for each in around if each is not None)
    given = _code(link.get("hreflang") or link.get("language") or next(filter(None, inherited), ""))
    if not wanted or given in ("", "x-default", "mul", "und"):
        return 2
    if given == wanted:
        return 0
    return 1 if given.partition("-")[0] == wanted.partition("-")[0] else 3


def _code(language: str) -> str:
    return language.strip().lower().replace("_", "-")


# -- bases ---------------------------------------------------------------------------------------------------


def _base_of(element: etree._Element) -> str | None:
    found: str | None = element.get(f"{_XML}base")
    # Some writers lose the prefix; in HTML `base` is an element, so nothing else is meant.
    if found is None:
        found = element.get("base")
    return found


def _bases(root: etree._Element, url: str) -> "dict[etree._Element, str]":
    """Give each element's base: those of all around it, one resolved against the next. Empty without any."""
    if all(_base_of(element) is None for element in root.iter(etree.Element)):
        return {}
    bases: dict[etree._Element, str] = {}
    for element in root.iter(etree.Element):
        parent = element.getparent()
        around = url if parent is None else bases[parent]
        found = absolute(_base_of(element) or "", around)
        is_usable = len(found) <= _MAX_CHARACTERS and is_web_address(found)
        bases[element] = found if is_usable else around
    return bases


def _resolve_bodies(entry: etree._Element, url: str, bases: "dict[etree._Element, str]") -> None:
    """Make the addresses in an entry's texts whole."""
    for child in entry.iterchildren(etree.Element):
        for part in child.iterdescendants(etree.Element):
            for name in _ADDRESSES:
                if address := part.get(name):
                    part.set(name, _whole(address, bases[part]))
        if child.text and "<" in child.text and bases[child] != url:
            child.text = with_absolute_links(child.text, bases[child])


def _whole(address: str, base: str) -> str:
    return address if address.startswith("#") else absolute(address, base)


def _drop_bases(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        for name in (f"{_XML}base", "base"):
            if name in element.attrib:
                del element.attrib[name]
