"""Drafts, decisions on them, issues and their pages, trends, import and export."""
