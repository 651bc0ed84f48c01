"""Article -> what to ask a language model; its answer -> the same record that the rules make.

Pure: the caller asks, counts and waits. Nothing of an answer is believed: its shape is read with patience,
and each statement is held against the sentences it cites before it stands.

    numbered.py   the article as numbered sentences between markers
    template.py   a prompt file, compiled     requests.py   the calls      schema.py   the shape of an answer
    answer.py     an answer read, whatever it is      words.py   a model's words made harmless
    support.py    a pointer is not support            judgement.py   what lies ten years ahead
    cut_off.py    a statement that breaks off
    additions.py  certainty.py  limits.py  periods.py  exchanged.py   what it adds, drops or turns
    record.py     the analysis made of what stands
"""
