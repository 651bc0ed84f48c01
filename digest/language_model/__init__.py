"""Asking a language model: tries and rates, money, kept answers; one question at a time."""
