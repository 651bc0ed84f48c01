"""The issue as a page for browsers: its Markdown rendered, sanitised, and wrapped with a plain style."""

import html
from string import Template

import nh3

from digest.records import Issue
from digest.stages.render.admit import admit
from digest.stages.render.issue import issue_date, render_issue
from digest.stages.render.markdown import parser

TAGS = {
    *("h1", "h2", "h3", "p", "a", "ul", "li", "strong", "em", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

# No script, no font, no picture: the page opens from disk, offline, and prints well.
PAGE = Template("""\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
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
</style>
</head>
<body>
$body</body>
</html>
""")


def render_issue_html(issue: Issue, *, map_svg: str = "") -> str:
    """Write an issue as one HTML page; see `render_issue` for what is on it.

    Links to entries lead to their Markdown pages, as in the Markdown form.

    Args:
        issue: The issue.
        map_svg: The map of themes and keywords as `render_trend_map` draws it, shown at the end; empty for
            none.
    """
    body = nh3.clean(
        parser(is_html=False).render(render_issue(issue)),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    if map_svg:
        body += f"<h2>Themes and keywords over time</h2>\n<figure>{map_svg}</figure>\n"
    title = html.escape(f"{admit(issue.title) or 'Digest'}, {issue_date(issue.name)}")
    return PAGE.substitute(language=html.escape(issue.language or "en"), title=title, body=body)
