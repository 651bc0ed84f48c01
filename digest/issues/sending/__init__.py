"""Sending an issue: its forms, what went where, and making one post or one mail of a command given twice."""

from digest.issues.sending.copy_page import copy_page
from digest.issues.sending.letter import letter_of, published_letter
from digest.issues.sending.mailing import Mailing, mailed, mails_of, send_mails, without_mended
from digest.issues.sending.message import DRAFT_HEADER, Envelope, draft_message, message_to
from digest.issues.sending.posting import Posted, Wish, put_draft, send_draft
from digest.issues.sending.sent_file import SentFile, sent_path

__all__ = [
    "DRAFT_HEADER",
    "Envelope",
    "Mailing",
    "Posted",
    "SentFile",
    "Wish",
    "copy_page",
    "draft_message",
    "letter_of",
    "mailed",
    "mails_of",
    "message_to",
    "published_letter",
    "put_draft",
    "send_draft",
    "send_mails",
    "sent_path",
    "without_mended",
]
