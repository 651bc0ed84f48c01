"""A library in a file: other processes get a path, and read it once."""

import pickle

import numpy as np

from digest.records import Pattern, ThemeLabel
from digest.stages.analyze import Library
from digest.stages.analyze.library_file import write_library


def library(version: str = "1") -> Library:
    pattern = Pattern("Levy", "politics", "A levy.", ("levy",), (), ("Free to paid",), ("Paid",), ("Cost",))
    return Library(
        (ThemeLabel("Roads", "society", "Roads and streets."),),
        np.eye(1, 4, dtype=np.float32),
        (pattern,),
        np.eye(1, 4, dtype=np.float32),
        np.eye(3, 4, dtype=np.float16),
        version,
    )


def test_what_another_process_gets_is_a_path_and_reads_the_same() -> None:
    file = write_library(library())
    sent = pickle.dumps(file)
    assert len(sent) < 500
    loaded = pickle.loads(sent).load()
    assert loaded.themes == library().themes
    assert loaded.patterns == library().patterns
    np.testing.assert_array_equal(loaded.phrasing_vectors, library().phrasing_vectors)
    np.testing.assert_array_equal(loaded.phrasing_means, library().phrasing_means)


def test_the_file_is_read_once_and_another_library_is_another() -> None:
    file = write_library(library())
    assert pickle.loads(pickle.dumps(file)).load() is pickle.loads(pickle.dumps(file)).load()
    assert write_library(library("2")).load().version == "2"
    assert file.load().version == "1"


def test_the_file_goes_with_its_owner_and_not_with_a_reader() -> None:
    file = write_library(library())
    reader = pickle.loads(pickle.dumps(file))
    path = reader.path
    loaded = reader.load()
    del reader
    assert path.exists()
    del file
    assert not path.exists()
    assert loaded.version == "1"
