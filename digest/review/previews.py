"""An issue in each of its forms, as it would be published, without anything being written."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.issues.forms import issue_mail, render_issue_json
from digest.issues.pages import render_issue, render_issue_html
from digest.records import Issue, IssueTimes

FORMS = {
    "page": "the page",
    "markdown": "Markdown",
    "mail": "the mail as text",
    "mail-html": "the mail, as a file to open",
    "json": "JSON",
}
"""What can be looked at, and what it is called."""

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Preview:
    """A form of an issue, and how it is sent."""

    text: str
    kind: str
    headers: Mapping[str, str]


def places_in(issue: Issue) -> dict[str, str]:
    """Say of the entries of an issue that they stand in it."""
    return {each.id: issue.name for each in issue.entries}


def preview_of(issue: Issue, form: str, *, now: datetime) -> Preview:
    """Make a form of an issue.

    Args:
        issue: As it would be published.
        form: One of FORMS.
        now: Aware, UTC.
    """
    places = places_in(issue)
    if form == "page":
        text = render_issue_html(issue, places=places)
        return Preview(text, "text/html", {"content-security-policy": policy_of(text)})
    if form == "mail-html":
        name = f"{issue.name}.email.html"
        # Its styles stand in attributes, which the desk's policy keeps from applying.
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Preview(issue_mail(issue, places=places).html, "text/html", headers)
    if form == "mail":
        return Preview(issue_mail(issue, places=places).text, "text/plain", {})
    if form == "json":
        return Preview(render_issue_json(issue, IssueTimes(now, now)), "application/json", {})
    return Preview(render_issue(issue), "text/plain", {})


def policy_of(html: str) -> str:
    """Give a policy that lets in nothing but the page's own style sheets."""
    digests = (hashlib.sha256(each.encode()).digest() for each in STYLE.findall(html))
    hashes = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)
    return (
        f"default-src 'none'; style-src {hashes or chr(39) + 'none' + chr(39)}; img-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
