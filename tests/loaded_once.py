"""Loaded by the server that the workers of killed_run.py come from: what they would else each load anew."""

from digest.articles.language import language_of
from digest.checks import check

language_of("The mill above the town has closed.")
check("The mill has closed.", "The mill above the town has closed.")
