"""The editor's desk: drafts reviewed in a browser on this machine, with the evidence beside every field.

Draft files stay the truth: what each page shows is read from them anew, and what is saved is written there.

    serving.py   the server and its one-time address    guard.py      who is let in
    app.py       which address does what                handlers.py   what each does
    lines.py     the drafts of an issue, a line each    story.py      one draft beside its article
    saving.py    a section written into its file        pages.py      templates
    edits.py     what each form does to a section       cells.py, bullets.py   tables and lists in place
    citing.py    sentences cited for a row              fixing.py     warnings one by one
    previews.py  the issue in its forms                 verdicts.py   verdicts on drafts
    shown.py     what a page showed, and whether that still stands
"""
