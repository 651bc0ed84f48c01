"""Draft files: write, read back, and renew without losing what a person changed."""

from digest.issues.drafts.front_matter import STATUSES, file_id
from digest.issues.drafts.merge import merge_draft, render_draft, with_status
from digest.issues.drafts.read import (
    DraftFile,
    accepted_entry,
    evidence_of,
    read_draft,
    unchecked_sections,
    unpublishable_lines,
)

__all__ = [
    "STATUSES",
    "DraftFile",
    "accepted_entry",
    "evidence_of",
    "file_id",
    "merge_draft",
    "read_draft",
    "render_draft",
    "unchecked_sections",
    "unpublishable_lines",
    "with_status",
]
