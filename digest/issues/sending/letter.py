"""A published issue in the forms that platforms take."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError
from digest.issues.forms import body_html, issue_mail, one_line
from digest.issues.forms.fragments import entry_address
from digest.issues.issue_files import IssueFiles
from digest.issues.issue_names import check_known
from digest.issues.output_paths import page_slug
from digest.issues.pages.issue import issue_blocks
from digest.issues.shown_issues import shown_archive
from digest.records import Issue, Letter, Newsletter
from digest.store import Store


def letter_of(issue: Issue, places: Mapping[str, str]) -> Letter:
    """Give an issue in the forms that platforms take; links to entries lead to the newsletter's site.

    Args:
        issue: The issue.
        places: The issue in which each entry stands, by its id.
    """
    mail = issue_mail(issue, places=places)
    blocks = issue_blocks(issue, entry_address(issue, places))
    return Letter(
        issue=issue.name,
        subject=one_line(mail.subject),
        slug=page_slug(mail.subject) or issue.name,
        language=mail.language,
        mail_html=mail.html,
        mail_text=mail.text,
        html=body_html(issue, places),
        markdown="\n\n".join(block.text for block in blocks) + "\n",
    )


def published_letter(
    store: Store, output: Path, issue: str, newsletter: Newsletter, *, now: datetime
) -> Letter:
    """Give a published issue, as its readers have it, in the forms that platforms take.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Its name.
        newsletter: The one it is an issue of.
        now: Aware, UTC.

    Raises:
        DigestError: there is no such issue, or it is not published.
    """
    check_known(issue, dict(store.drafts.issues()))
    if issue not in store.drafts.published_issues():
        raise DigestError(f"issue {issue}: not published yet; publish it with: digest publish {issue}")
    shown = shown_archive(store, output)
    writer = IssueFiles(store, output, newsletter, now=now)
    # Of those who get it nobody was shown what was withdrawn.
    return letter_of(replace(writer.issue(issue, shown.entries_of(issue)), withdrawn=()), shown.places)
