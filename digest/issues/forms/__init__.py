"""Forms of the issue that leave the workspace: mail, feeds, JSON."""

from digest.issues.forms.feeds_out import (
    MOST_ITEMS,
    FeedHead,
    FeedItem,
    body_html,
    known_bodies,
    made_of,
    new_id,
    render_atom,
    render_json_feed,
)
from digest.issues.forms.json_form import SCHEMA_FILE, SCHEMA_VERSION, issue_schema, render_issue_json
from digest.issues.forms.mail import MOST_BYTES, Mail, issue_mail, mail_message, one_line

__all__ = [
    "MOST_BYTES",
    "MOST_ITEMS",
    "SCHEMA_FILE",
    "SCHEMA_VERSION",
    "FeedHead",
    "FeedItem",
    "Mail",
    "body_html",
    "issue_mail",
    "issue_schema",
    "known_bodies",
    "made_of",
    "mail_message",
    "new_id",
    "one_line",
    "render_atom",
    "render_issue_json",
    "render_json_feed",
]
