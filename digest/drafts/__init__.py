"""Draft files: write, read back, and renew without losing what a person changed."""

from digest.drafts.merge import merge_draft, render_draft, with_status
from digest.drafts.read import DraftFile, accepted_entry, read_draft, unpublishable_lines

__all__ = [
    "DraftFile",
    "accepted_entry",
    "merge_draft",
    "read_draft",
    "render_draft",
    "unpublishable_lines",
    "with_status",
]
