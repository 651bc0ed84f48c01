"""How good an analysis is, and how fast: figures over labelled data, with baselines beside them.

    corpus.py    the data           observe.py  one pass over the articles, timed, that all parts look at
    summaries.py  signals.py  themes.py  titles.py  timing.py  determinism.py     one section each
    keyword_figures.py from keywords.py and keyword_baselines.py     check_figures.py from checks.py
    table_figures.py from table_scores.py     rows against readers' tables, out of fold
    corruptions.py  claims made false on purpose
    style.py     what an editor would object to, judged apart from the code that avoids it
    figures.py   a figure, its target, its baselines      table.py  sections as Markdown
    evaluate.py  the sections in order

Figures are results: nothing here fails because one is bad. tests/quality/gate.py does that.
"""
