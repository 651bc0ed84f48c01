"""The issue as mail: HTML that mail programs show, its plain text, and both as one message.

Layout is in tables and styles stand in the elements, as many programs read nothing else; without any style
it still reads well. Some programs cut a mail off at about 100 kB without a word: one that would have more
than 80 kB ends at a story and says where it goes on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template

import css_inline

from digest.issues.forms.fragments import NOT_XML, block_html, entry_address, issue_address
from digest.issues.forms.mail_pieces import Piece, mail_pieces
from digest.issues.forms.mail_text import plain_text
from digest.issues.pages.admit import admit
from digest.issues.pages.issue import IssueBlock, issue_date
from digest.issues.pages.markdown import Address, fill
from digest.language.counts import counted
from digest.records import Issue

MOST_BYTES = 80_000
"""Of the HTML as sent: Gmail shows no more than 102 kB of a mail, and senders add headers, footers and links
that count what is read."""

LONGEST_TITLE = 200
"""Characters of a title in a mail's subject and where it says how to read on: programs show about 70 of a
subject, and the longest titles of articles seen have under 200."""

MOST_NAMED = 10
"""Stories named where a mail without a site ends; more would be a list as long as a story."""

PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$title</title>
<style>$style</style>
</head>
<body>
<table role="presentation" class="outer" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="around" align="center">
<table role="presentation" class="inner" width="600" cellpadding="0" cellspacing="0" border="0">
$rows</table>
</td></tr>
</table>
</body>
</html>
""")

COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True)
class Mail:
    """An issue as mail."""

    subject: str
    html: str
    text: str
    language: str
    cut_at: str = ""
    """Title of the story where it ends before its end; empty where all of the issue is in it."""
    left: int = 0
    """Stories that are not in it, or not whole."""

    @property
    def size_kb(self) -> int:
        """How large its HTML is, in kB of 1,000 bytes, rounded up."""
        return -(-len(self.html.encode("utf-8")) // 1_000)


def issue_mail(issue: Issue, *, places: Mapping[str, str] | None = None) -> Mail:
    """Make an issue's mail.

    Links to entries lead to the newsletter's site; where it has none, there are none.

    Args:
        issue: The issue.
        places: The issue in which each entry stands, by its id.
    """
    subject = f"{_short(issue.title) or 'Digest'}, {issue_date(issue.name)}"
    pieces = mail_pieces(issue, places or {})
    html = _page(pieces, issue, subject)
    if _fits(html):
        return Mail(subject, html, _text(pieces), issue.language or "en")
    kept, cut_at, left = _cut(pieces, issue, subject)
    titles = {each.id: each.entry.title for each in issue.entries}
    title = _short(titles.get(cut_at, "")) or subject
    return Mail(subject, _page(kept, issue, subject), _text(kept), issue.language or "en", title, left)


def mail_message(mail: Mail, *, sender: str = "", to: str = "") -> EmailMessage:
    """Put a mail together as a message of plain text and HTML, of which programs show one.

    Args:
        mail: The mail.
        sender: Whom it is from; empty to leave that to who sends it.
        to: Whom it is for, the same way.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(mail.subject)
    if sender:
        message["From"] = sender
    if to:
        message["To"] = to
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    # Not before: it would go into the first part.
    message["Content-Language"] = mail.language
    return message


def one_line(text: str) -> str:
    """Give a text as a header may hold it.

    A line break would begin another header. So would one that is written as an encoded word (RFC 2047):
    Python 3.11 decodes those of a text it is given, and writes the line break as it is.
    """
    return " ".join(text.split()).replace("=?", "= ?")


def _cut(pieces: Sequence[Piece], issue: Issue, subject: str) -> tuple[list[Piece], str, int]:
    """Find the most pieces that fit with a last one that says where the issue goes on.

    Returns:
        The pieces, the id of the story that they end before or in, and how many stories are not whole there.
    """
    low, high = 0, len(pieces) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(_page(_ended(pieces, middle, issue)[0], issue, subject)):
            low = middle
        else:
            high = middle - 1
    return _ended(pieces, low, issue)


def _ended(pieces: Sequence[Piece], count: int, issue: Issue) -> tuple[list[Piece], str, int]:
    """End the mail after so many pieces, but not after one that only says what comes."""
    kept = list(pieces[:count])
    while kept and kept[-1].announces:
        kept.pop()
    rest = pieces[len(kept) :]
    stories = list(dict.fromkeys(piece.story for piece in rest if piece.story))
    at = stories[0] if stories else ""
    is_within = bool(kept) and bool(at) and kept[-1].story == at
    foot = Piece(_read_on(at, stories, issue, is_within=is_within), "foot", len(pieces))
    return [*kept, foot], at, len(stories)


def _read_on(story: str, stories: Sequence[str], issue: Issue, *, is_within: bool) -> str:
    left = len(stories)
    title = next((each.entry.title for each in issue.entries if each.id == story), "")
    to = (entry_address(issue, {})(story) if story else "") or issue_address(issue)
    goes_on = "This story goes on" if is_within else f"{counted(left, 'more story', 'more stories')} follow"
    if is_within and left > 1:
        goes_on += f", and {counted(left - 1, 'more story follows', 'more stories follow')},"
    if not is_within and left == 1:
        goes_on = "One more story follows"
    if not to:
        return (
            f'<p class="more">{goes_on} in the whole issue, the file {escape(issue.name)}.html or '
            "the newsletter’s feed; this mail ends here to stay small.</p>"
            f"{_articles(stories, issue)}"
        )
    name = escape(_short(title) or "the whole issue")
    return (
        f'<p class="more"><a href="{escape(to)}">Read on: {name}</a></p>'
        f"<p>{goes_on} in the whole issue; this mail ends here to stay small.</p>"
    )


def _articles(stories: Sequence[str], issue: Issue) -> str:
    """Name the stories that are not in the mail, each leading to its article: there is no site to read on."""
    wanted = set(stories)
    left = [each.entry for each in issue.entries if each.id in wanted]
    if not left:
        return ""
    lines = [
        fill("* [{}]({})", _short(entry.title), Address(entry.url))
        if entry.url
        else fill("* {}", _short(entry.title) or "–")
        for entry in left[:MOST_NAMED]
    ]
    if len(left) > MOST_NAMED:
        lines.append(f"* {len(left) - MOST_NAMED} more")
    head = "Its article:" if len(left) == 1 else "Their articles:"
    return block_html(IssueBlock("\n".join((head, "", *lines))))


def _page(pieces: Sequence[Piece], issue: Issue, subject: str) -> str:
    rows = []
    for (_, kind), group in groupby(pieces, key=lambda piece: (piece.place, piece.kind)):
        inside = "\n".join(piece.html for piece in group)
        rows.append(f'<tr><td class="{kind}">\n{inside}\n</td></tr>\n')
    page = PAGE.substitute(
        language=escape(issue.language or "en"), title=escape(subject), style=_style(), rows="".join(rows)
    )
    if len(page.encode("utf-8")) > MOST_BYTES:  # with its styles it would be larger still
        return page
    return _inliner().inline(page) + "\n"


def _short(title: str) -> str:
    text = admit(NOT_XML.sub("", title))
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _fits(page: str) -> bool:
    return len(page.encode("utf-8")) <= MOST_BYTES


def _text(pieces: Sequence[Piece]) -> str:
    return plain_text("\n".join(piece.html for piece in pieces)) + "\n"


@cache
def _style() -> str:
    return COMMENT.sub("", files("digest.issues.forms").joinpath("mail.css").read_text(encoding="utf-8"))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)
