"""Asking a language model: tries and rates, money, kept answers; one question at a time.

`asking` asks, `pacing` says whose turn it is, `bounding` what a question may cost at most.
"""
