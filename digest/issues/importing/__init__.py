"""Taking in what comes from elsewhere than a feed: articles, and entry pages of an existing archive."""

from digest.issues.importing.import_articles import Imported, Row, article_of, embedded, import_articles
from digest.issues.importing.import_pages import ImportedPages, import_pages
from digest.issues.importing.page_files import holds_pages, pages_in
from digest.issues.importing.page_reading import Pages, read_page_file, read_pages

__all__ = [
    "Imported",
    "ImportedPages",
    "Pages",
    "Row",
    "article_of",
    "embedded",
    "holds_pages",
    "import_articles",
    "import_pages",
    "pages_in",
    "read_page_file",
    "read_pages",
]
