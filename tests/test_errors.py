"""Errors: each crosses the border of a process and says the same on the other side."""

import pickle

import pytest

from digest.errors import ConfigError, DigestError, FetchError, ItemError, StoreError
from digest.workspace.files import FileError

ERRORS: list[DigestError] = [
    StoreError("archive.db: locked"),
    ConfigError(["line 1: a", "line 2: b"]),
    ItemError("https://a.example/", "no article"),
    ItemError("", "no article", is_retryable=True),
    FetchError("https://a.example/", "refused", status=403, retry_after_s=2.5),
    FileError("page.md", "expected a file, got a folder"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_of_another_process_says_the_same(error: DigestError) -> None:
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is type(error)
    assert str(there) == str(error)
    assert vars(there) == vars(error)
