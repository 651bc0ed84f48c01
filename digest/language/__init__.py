"""English words without a parser, for any stage: splitting, classes, verb forms, stems, and rarity.

words.py       a text's words with their offsets, closed classes, stems
tags.py        the class of each word in its sentence      verbs.py  verbs with their forms
wordlists.py   the lists in data/words.txt and data/verbs.txt
counts.py      numbers of things, in words
background.py  how common a word is in general, from data/background.json.gz
"""
