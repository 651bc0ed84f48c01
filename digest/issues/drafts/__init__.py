"""Draft files: write, read back, and renew without losing what a person changed; and what they state."""

from digest.issues.drafts.checked_statements import (
    Statement,
    judgement,
    offered,
    statement_key,
    statements_of,
)
from digest.issues.drafts.front_matter import STATUSES, file_id
from digest.issues.drafts.merge import merge_draft, render_draft, with_status
from digest.issues.drafts.prose import Prose, without_marks
from digest.issues.drafts.read import (
    DraftFile,
    accepted_entry,
    evidence_of,
    is_draft,
    prose_of_draft,
    read_draft,
    swallowing_lines,
    unchecked_sections,
    unpublishable_lines,
)

__all__ = [
    "STATUSES",
    "DraftFile",
    "Prose",
    "Statement",
    "accepted_entry",
    "evidence_of",
    "file_id",
    "is_draft",
    "judgement",
    "merge_draft",
    "offered",
    "prose_of_draft",
    "read_draft",
    "render_draft",
    "statement_key",
    "statements_of",
    "swallowing_lines",
    "unchecked_sections",
    "unpublishable_lines",
    "with_status",
    "without_marks",
]
