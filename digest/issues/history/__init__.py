"""The memory of drafts: every version of every file, in steps that can be undone.

Draft files stay the truth. What a command is about to write is kept first, so that a kill between the two is
told from an edit; what a person wrote in a program of their own is kept when the file is next read.

    keeping.py    steps, and keeping versions       undoing.py   undo and redo
    asking.py     log and diff                      revising.py  restore, lock, take, dismiss
    survival.py   what editors left of what was generated
"""
