"""Which articles are alike, and which report one event: one measure, groups, closest, novelty.

`terms.py` turns a text into counted words and names, `measure.py` compares articles by vectors and terms,
`group.py` makes stories, `closest.py` chooses related entries, `novelty.py` says how new a signal is.
"""
