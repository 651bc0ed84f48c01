"""Feed to feed entries to links to pages.

`parse.py` reads whatever a feed's address gave, `select.py` says what of it is new enough, `links.py` finds
the addresses in it; `asking.py` does so for all feeds; `discover.py` finds a site's feeds from its page.
`fetch.py` asks for pages, `answers.py` judges what came.
"""
