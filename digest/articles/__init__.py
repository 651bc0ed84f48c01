"""Page to article: extraction, languages, copies. `extract.py` reads a page, `copies.py` finds copies."""
