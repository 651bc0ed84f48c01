"""Whatever an editor types into a draft is in every published form, or named with its line beforehand."""

import html
import json
import re

import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_drafts import FIRST, ID

from digest.errors import StoreError
from digest.issues.drafts import read_draft, render_draft, unpublishable_lines
from digest.issues.drafts.pieces import EVIDENCE, cut
from digest.issues.forms import body_html, issue_mail
from digest.issues.pages import (
    issue_json,
    read_entry,
    render_entry,
    render_issue,
    render_issue_html,
)
from digest.issues.pages.written import unpublishable
from digest.records import Entry, Issue, IssueEntry

DRAFT = render_draft(FIRST)
BODY = DRAFT.index("\n---\n", 4) + 5
MADE_EVIDENCE = next(piece.text for piece in cut(DRAFT[BODY:]) if piece.name == EVIDENCE)
EVIDENCE_ALONE = {line for line in MADE_EVIDENCE.split("\n") if len(line) > 24} - set(
    DRAFT[: DRAFT.index("## Evidence")].split("\n")
)
"""Lines that are for the editor alone."""
MARK = re.compile(r"mq\d+qm")
TAG = re.compile(r"<(script|style|iframe|form|object|svg)", re.IGNORECASE)


def forms(entry: Entry, draft_id: str = ID) -> dict[str, str]:
    """Publish an entry in an issue of its own."""
    theme = entry.themes[0] if entry.themes else ""
    issue = Issue("20261122", "Week", "", "en", (IssueEntry(draft_id, entry, theme),))
    mail = issue_mail(issue)
    return {
        "entry": render_entry(entry),
        "issue.md": render_issue(issue),
        "issue.html": render_issue_html(issue),
        "issue.json": json.dumps(issue_json(issue), ensure_ascii=False),
        "mail.html": mail.html,
        "mail.txt": mail.text,
        "feed": body_html(issue, {}),
    }


def read_or_named(text: str) -> Entry | list[str]:
    """Read a draft as publishing does: what it publishes, or what of it cannot be published."""
    try:
        entry = read_draft(text, "d.md").entry
    except StoreError as error:
        return [str(error)]
    problems = [f"line {line}: {what}" for line, what in unpublishable_lines(text, MADE_EVIDENCE)]
    return problems or entry


def check(text: str, typed: str) -> bool:
    """Check that all marked words are in every form, or something is named; returns whether published."""
    entry = read_or_named(text)
    if isinstance(entry, list):
        assert all(re.search(r"line \d+", each) for each in entry), entry
        lines = [int(each) for problem in entry for each in re.findall(r"line (\d+)", problem)]
        assert max(lines) <= text.count("\n") + 2, entry
        return False
    found = forms(entry)
    for mark in MARK.findall(typed):
        for name, page in found.items():
            assert mark in html.unescape(page), (name, mark)
    assert not TAG.search(found["issue.html"].split("<body>")[1])
    assert not TAG.search(found["mail.html"].split("<body")[1])
    assert not EVIDENCE_ALONE & set(found["entry"].split("\n"))
    assert read_entry(found["entry"]) == entry
    return True


# -- what an editor may type ---------------------------------------------------------------------------

plain = st.sampled_from(
    ["{}", "a {} b", "שלום {} عالم", "🎉 {} 👩‍🚀", "{} | {}", "1. {}", "{}  \n{}", r"\*{}\*", "&amp;{}"]
)
inline = st.sampled_from(
    [
        *("*{}*", "**{}**", "_{}_", "~~{}~~", "`{}`", "[{}](https://e.org/{})", "<https://e.org/{}>"),
        *(
            "![{}](https://e.org/p.png)",
            '[{}](https://e.org "{}")',
            "<b>{}</b>",
            "<i>{}",
            "a<br>{}",
            "<em>{}</em>",
        ),
        *("[{}](javascript:alert(1))", "[{}](data:text/html,{})", '<a href="https://e.org">{}</a>', "{}[^1]"),
        *(
            "[{}][r]",
            "![{}](x.png)",
            "<script>{}</script>",
            "<!-- {} -->",
            "[{}](mailto:a@e.org)",
            "`` {} ` ``",
        ),
        *('<span style="color:red">{}</span>', '<a onclick="x()">{}</a>', "<svg/onload={}>", "[^1]", "^[{}]"),
        *("[{}](" + "0" * 32 + ")", "<kbd>{}</kbd>", "H<sub>{}</sub>", "{{{{ {} }}}}", "<{}", "{}>", "[{}]"),
    ]
)
block = st.sampled_from(
    [
        *(
            "{}",
            "## {}",
            "# {}",
            "### {}\n\n{}",
            "{}\n===",
            "{}\n---",
            "#### {} ##",
            "## Summary ({})",
            "## Why\n\n{}",
        ),
        *(
            "* {}\n* {}\n  * {}",
            "1. {}\n2. {}",
            "> {}\n> {}",
            "> * {}",
            "- [ ] {}",
            "***\n\n{}",
            "    {}",
            "\t{}",
        ),
        *(
            "```\n{}\n```",
            "```py\n{}\n",
            "~~~ a {}\n{}\n~~~",
            "```\n## Evidence\n{}\n```",
            "> ```\n> {}",
            "* a\n\n  {}",
        ),
        *(
            "| {} | b |\n|:--|--:|\n| {} | d |",
            "| a |\n|---|\n| {} | {} |",
            "a | {}\n--|--\n{} | d",
            "| {} |",
        ),
        *(
            "<div>\n\n{}\n\n</div>",
            "<div>{}</div>",
            "<p>{}</p>\n",
            "<div>\n{}",
            "<table><tr><td>{}</td></tr></table>",
        ),
        *(
            "<details><summary>{}</summary>\n\n{}\n\n</details>",
            "<pre>\n{}\n</pre>",
            "<!-- {}",
            "<style>{}</style>",
        ),
        *(
            "[r]: https://e.org/{}",
            '[r]: https://e.org "{}"',
            "[^1]: {}",
            "{}[^n]\n\n[^n]: {}\n\n    {}",
            "[^{}]: a",
        ),
        *(
            "---\n{}\n---",
            "<?php {} ?>",
            "<![CDATA[{}]]>",
            "</div>{}",
            "## Evidence\n\n{}",
            "## Themes\n\n* {}",
        ),
        *(
            "> *Offered 0123456789ab: {}*\n>\n> {}",
            "## \n\n{}",
            "<blockquote>{}",
            "## [Keywords](https://e.org/{})",
        ),
        *(
            "term\n: {}",
            "$${}$$",
            "+++\n{}\n+++",
            ":::note\n{}\n:::",
            "<div>{}\n## Closest\n",
            "\x0b{}",
            "\u2028{}",
        ),
    ]
)
noise = st.text(alphabet="ab \\`*_[]()<>&;#+-=.:!|~1'\"^\n\t>", max_size=12)


@st.composite
def snippets(draw: st.DrawFn) -> str:
    """Write a few pieces of Markdown whose words are marked."""
    pieces = draw(st.lists(st.one_of(plain, inline, block), min_size=1, max_size=4))
    joints = draw(st.lists(st.sampled_from(["\n\n", "\n", " ", ""]), min_size=4, max_size=4))
    text = "".join(piece + joint for piece, joint in zip(pieces, joints, strict=False))
    count = text.count("{}")
    marks = iter([f"mq{number}qm" for number in range(count)])
    text = re.sub(r"\{\}", lambda match: next(marks), text.replace("{{{{", "{{").replace("}}}}", "}}"))
    if draw(st.booleans()):
        text = draw(noise) + text + draw(noise)
    return text


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """Type a snippet into any place of a draft's body: on a line of its own, or in the middle of one."""
    typed = draw(snippets())
    body = DRAFT[BODY:]
    at = draw(st.integers(0, len(body)))
    if draw(st.booleans()):
        at = body.rfind("\n", 0, at) + 1
        gap = draw(st.sampled_from(["\n", "\n\n", ""]))
        return DRAFT[:BODY] + body[:at] + gap + typed + "\n" + gap + body[at:], typed
    return DRAFT[:BODY] + body[:at] + typed + body[at:], typed


HEADING = "## mq0qm\n\n"
NO_ID = DRAFT.replace("](00000000000000000000000000000000)", "](0000000000000000000000000_mq0qm_)")
NO_SCHEME = DRAFT.replace("https://letters", "http\u2028mq0qms://letters")
ODD_SPACE = "a;\t\u2028mq0qm\n>.\n\n"
SECOND_HEADING = "## mq0qm\n\n"
NO_LINK = "* [Lakes [mq1qm](javascript:alert(1))\n"


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits())
@example((NO_ID, "_mq0qm_"))
@example((DRAFT.replace("Made by", f"{HEADING}Made by"), HEADING))
@example((DRAFT.replace("### Rows", f"{HEADING}### Rows"), HEADING))
@example((DRAFT.replace("## Evidence", f"## Evidence\n\n{HEADING}## Evidence"), HEADING))
@example((NO_SCHEME, "\u2028mq0qm"))
@example((DRAFT.replace("## Keywords", f"{ODD_SPACE}## Keywords"), ODD_SPACE))
@example((DRAFT.replace("## Evidence\n\n", f"## Evidence\n\n{SECOND_HEADING}"), SECOND_HEADING))
@example((DRAFT.replace("## Closest\n\n", f"## Closest\n\n{NO_LINK}"), NO_LINK))
def test_what_an_editor_types_is_published_in_every_form_or_named(edit: tuple[str, str]) -> None:
    check(*edit)


def test_code_that_looks_like_a_footnote_stays_as_written_and_is_none() -> None:
    said = "Late[^1], `[^1]` and `[^0-9]: x`.\n\n```\n[^1]: x\n```\n\n    [^1]: y\n\n[^1]: By 12 days."
    page = DRAFT.replace("## Keywords", f"## Mine\n\n{said}\n\n## Keywords", 1)
    found = read_or_named(page)
    assert isinstance(found, Entry), found
    line, *code, _ = (each for each in forms(found)["issue.md"].split("\n") if "[^" in each)
    assert re.fullmatch(r"Late\[\^\w+-1\], `\[\^1\]` and `\[\^0-9\]: x`\.", line)
    assert code == ["[^1]: x", "    [^1]: y"]
    assert forms(found)["issue.html"].count(">[1]</a>") == 1


@pytest.mark.parametrize("struck", ["~~14~~", "<del>14</del>", "<s>14</s>"])
def test_what_is_struck_out_is_printed_so_and_said_nowhere_else(struck: str) -> None:
    page = DRAFT.replace("Rivers freeze 12 days later", f"Rivers freeze {struck} 12 days later", 1)
    found = read_or_named(page.replace("Rivers freeze later.", f"Rivers freeze {struck} later.", 1))
    assert isinstance(found, Entry), found
    assert (found.signals[0].signal, found.summary) == (
        "Rivers freeze 12 days later",
        "Rivers freeze later. Villages build bridges.",
    )
    made = forms(found)
    assert made["entry"].count(struck) == made["issue.md"].count(struck) == 2
    assert "**: Rivers freeze 12 days later (" in made["issue.md"]
    assert "Rivers freeze ~~14~~ 12 days later" in made["mail.txt"]


def test_a_table_within_a_table_scrolls_with_it() -> None:
    said = "<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>"
    found = read_or_named(DRAFT.replace("## Keywords", f"## Mine\n\n{said}\n\n## Keywords", 1))
    assert isinstance(found, Entry), found
    page = forms(found)["issue.html"]
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count('<div class="scroll"') == 1


def test_words_that_would_read_backwards_are_named() -> None:
    page = "# A title\n\n## Mine\n\nRead \u202etxt.exe and go on.\n"
    assert unpublishable(page) == [(4, "a character that has what follows read backwards; take it out")]
    assert not unpublishable("# A title\n\n## Mine\n\n\u2067\u05e9\u05dc\u05d5\u05dd\u2069, a greeting.\n")


@pytest.mark.parametrize(
    ("written", "line", "tag"),
    [
        ("<p>one <div>two</div></p>", 2, "<div>"),
        ("One.\n\ntwo <b><p>three</p></b>", 4, "<p>"),
        ("<a href='https://a.example'>x <a href='https://b.example'>y</a></a>", 2, "<a>"),
    ],
)
def test_html_that_would_be_changed_is_named_by_its_tag(written: str, line: int, tag: str) -> None:
    ((at, what),) = unpublishable(f"## Mine\n\n{written}\n")
    assert at == line
    assert what == f"HTML that would not be published as it stands, near {tag}; simplify it"
