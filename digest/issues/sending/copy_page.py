"""An issue as a page with one button that copies it: for platforms that take nothing but what is pasted.

Their editors have no tables, so each row of a table becomes an item of a list, with the column's name before
each cell that says something.
"""

import base64
import hashlib
from html import escape
from string import Template

import lxml.html
from lxml.html import HtmlElement

from digest.records import Letter

SCRIPT = """\
const button = document.querySelector("button"), said = document.querySelector("output");
button.addEventListener("click", async () => {
  const issue = document.querySelector("article");
  try {
    const kinds = {"text/html": issue.innerHTML, "text/plain": issue.innerText};
    const item = Object.fromEntries(Object.entries(kinds).map(([k, v]) => [k, new Blob([v], {type: k})]));
    await navigator.clipboard.write([new ClipboardItem(item)]);
  } catch {
    getSelection().selectAllChildren(issue);
    if (!document.execCommand("copy")) { said.textContent = "Not copied: press Ctrl-C now."; return; }
    getSelection().removeAllRanges();
  }
  said.textContent = "Copied: paste it into the editor of your platform.";
});
"""

PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; script-src 'sha256-$hash'">
<title>$title</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 42rem; padding: 1rem; }
header { background: Canvas; border-bottom: 1px solid; padding: .5rem 0; position: sticky; top: 0; }
button { font: inherit; padding: .5rem 1rem; }
img { max-width: 100%; }
</style>
</head>
<body>
<header><button type="button">Copy the issue</button> <output></output></header>
<main><h1>$title</h1>
<article>
$body
</article></main>
<script>$script</script>
</body>
</html>
""")

SILENT = frozenset({"", "–", "—", "-"})
"""What a cell holds that says nothing."""


def copy_page(letter: Letter) -> str:
    """Write the page; the title stands above what is copied, as platforms ask for it apart."""
    digest = hashlib.sha256(SCRIPT.encode()).digest()
    return PAGE.substitute(
        language=escape(letter.language),
        title=escape(letter.subject),
        hash=base64.b64encode(digest).decode(),
        body=without_tables(letter.html),
        script=SCRIPT,
    )


def without_tables(html: str) -> str:
    """Give clean HTML with its tables as lists, an item a row."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    # An inner table first, so that it is an item of what the outer one becomes.
    for table in reversed(list(root.iter("table"))):
        made = _list_of(table)
        made.tail = table.tail
        table.getparent().replace(table, made)
    inside = "".join(lxml.html.tostring(each, encoding="unicode") for each in root)
    return escape(root.text or "", quote=False) + inside


def _list_of(table: HtmlElement) -> HtmlElement:
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    has_names = bool(rows) and all(cell.tag == "th" for cell in rows[0])
    names = [" ".join(cell.text_content().split()) for cell in rows[0]] if has_names else []
    made = lxml.html.Element("ul")
    for row in rows[1:] if has_names else rows:
        if said := "<br>".join(_said(row, names)):
            made.append(lxml.html.fragment_fromstring(f"<li>{said}</li>"))
    return made


def _said(row: list[HtmlElement], names: list[str]) -> list[str]:
    """Give what the cells of a row say, each after its column's name."""
    found = []
    for at, cell in enumerate(row):
        if cell.text_content().strip() in SILENT and next(cell.iter("img", "ul"), None) is None:
            continue
        name = names[at] if at < len(names) else ""
        inside = escape(cell.text or "", quote=False)
        inside += "".join(lxml.html.tostring(each, encoding="unicode") for each in cell)
        found.append(f"<strong>{escape(name, quote=False)}:</strong> {inside}" if name else inside)
    return found
