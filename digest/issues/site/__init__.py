"""The newsletter as a folder of linked pages: output/site.

It opens from the file system and can be put on any web server: all links are relative, nothing is asked of
another host, and the one script (search.js) only looks up words in a list that lies beside it.

    tree.py      the pages and what each is made of     maps.py   themes over time, signals by year
    writing.py   writing what changed, removing what is gone
    beside.py    reviews, what issues leave out, and what stands where an entry was withdrawn
    templates/   the pages' frames, the style and the script
"""

from digest.issues.site.beside import told_left_out, withdrawn_entries, written_reviews
from digest.issues.site.tree import Site
from digest.issues.site.writing import write_site

__all__ = ["Site", "told_left_out", "withdrawn_entries", "write_site", "written_reviews"]
