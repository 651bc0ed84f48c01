"""The issue as a page for browsers: its Markdown rendered, sanitised, and wrapped with a plain style."""

import html
from collections.abc import Container, Mapping
from string import Template

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import IssueBlock, issue_blocks, issue_date
from digest.issues.pages.story import LABEL_CHARS
from digest.issues.pages.written import safe_html
from digest.records import Issue

# No script, no font: the page opens from disk, offline, and prints well.
PAGE = Template("""\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'$pictures">
<title>$title</title>
<style>
:root { color-scheme: light dark; --line: #8884; --faint: #8882; }
body { font: 17px/1.55 Georgia, "Times New Roman", serif; }
body { max-width: 62rem; margin: 2.5rem auto; padding: 0 1.2rem; }
h1, h2, h3, table { font-family: system-ui, sans-serif; line-height: 1.25; }
h1 { font-size: 2rem; margin-bottom: .2rem; }
h2 { margin-top: 3rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); }
h3 { margin-top: 2.2rem; font-size: 1.25rem; }
a { color: LinkText; text-decoration-thickness: 1px; text-underline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); }
th { background: var(--faint); }
figure { margin: 1rem 0; }
li { margin: .15rem 0; }
img { max-width: 100%; height: auto; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
pre { overflow-x: auto; background: var(--faint); padding: .7rem; }
</style>
</head>
<body>
$body</body>
</html>
""")


def render_issue_html(issue: Issue, *, places: Mapping[str, str] | None = None, map_svg: str = "") -> str:
    """Write an issue as one HTML page; see `render_issue` for what is on it.

    Links to entries are absolute where the newsletter has a site; else those to stories of this issue lead
    to their places on the page, and the others are left out.

    Args:
        issue: The issue.
        places: The issue in which each entry stands, by its id, for links to the site.
        map_svg: The map of themes and keywords as `render_trend_map` draws it, shown at the end; empty for
            none.
    """
    here = {each.id for each in issue.entries}
    blocks = issue_blocks(issue, lambda entry_id: _address(entry_id, issue, here, places or {}))
    body = "".join(map(_block, blocks))
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    if map_svg:
        body += f"<h2>Themes and keywords over time</h2>\n<figure>{map_svg}</figure>\n"
    title = html.escape(f"{admit(issue.title) or 'Digest'}, {issue_date(issue.name)}")
    # Pictures stand only where an editor put them.
    pictures = "; img-src http: https:" if "<img " in body else ""
    return PAGE.substitute(
        language=html.escape(issue.language or "en"), title=title, body=body, pictures=pictures
    )


def _address(entry_id: str, issue: Issue, here: Container[str], places: Mapping[str, str]) -> str:
    if site := issue.site.rstrip("/"):
        name = issue.name if entry_id in here else places.get(entry_id, "")
        return f"{site}/issues/{name}.html#{entry_id}" if name else ""
    return f"#{entry_id}" if entry_id in here else ""


def _block(block: IssueBlock) -> str:
    found = safe_html(block.text, name=block.story[:LABEL_CHARS])
    return f'<article id="{html.escape(block.story)}">\n{found}</article>\n' if block.story else found
