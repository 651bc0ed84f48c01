"""Records to Markdown and back: entry pages, the issue (also as HTML), the index, the report."""

from digest.issues.pages.admit import admit, is_address, is_admissible
from digest.issues.pages.entry_page import entry_parts, render_entry, render_withdrawn
from digest.issues.pages.html import render_issue_html
from digest.issues.pages.issue import by_theme, issue_date, issue_json, issue_leaks, render_issue
from digest.issues.pages.issue_index import render_index
from digest.issues.pages.public import public_entry
from digest.issues.pages.read_entry import read_entry, sections
from digest.issues.pages.report import render_report, render_to_mend, shown_report
from digest.issues.pages.trend_map import mapped, render_trend_map
from digest.issues.pages.written import part_problems, without_links_to

__all__ = [
    "admit",
    "by_theme",
    "entry_parts",
    "is_address",
    "is_admissible",
    "issue_date",
    "issue_json",
    "issue_leaks",
    "mapped",
    "part_problems",
    "public_entry",
    "read_entry",
    "render_entry",
    "render_index",
    "render_issue",
    "render_issue_html",
    "render_report",
    "render_to_mend",
    "render_trend_map",
    "render_withdrawn",
    "sections",
    "shown_report",
    "without_links_to",
]
