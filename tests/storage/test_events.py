"""Segments and notes in a store: written once, read in order, an edited one told."""

import hashlib

import pytest

from core.errors import ObjectExistsError
from storage.events import note, notes, put_note, put_segment, read_segments, segments
from storage.stores import Store

FIRST = ("000000000001-000000000002.jsonl", '{"number":1}\n{"number":2,"detail":"Größe"}\n')
SECOND = ("000000000003-000000000010.jsonl", '{"number":3}\n')
TEXT = "Vom Regal gefallen.\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


def test_segments_come_back_in_order(store: Store) -> None:
    assert put_segment(store, *SECOND) is True
    assert put_segment(store, *FIRST) is True
    assert put_segment(store, *FIRST) is False
    assert segments(store) == (FIRST[0], SECOND[0])
    assert list(read_segments(store)) == [FIRST, SECOND]


def test_a_segment_is_never_written_over(store: Store) -> None:
    put_segment(store, *FIRST)
    with pytest.raises(ObjectExistsError):
        put_segment(store, FIRST[0], "another history\n")
    assert list(read_segments(store)) == [FIRST]


def test_what_is_no_segment_is_not_read(store: Store) -> None:
    put_segment(store, *FIRST)
    put_note(store, DIGEST, TEXT)
    store.put_bytes("events/README", b"x")
    assert segments(store) == (FIRST[0],)


def test_bytes_that_are_no_text_are_shown_as_such(store: Store) -> None:
    store.put_bytes(f"events/{FIRST[0]}", b"\xff{}\n")
    assert list(read_segments(store)) == [(FIRST[0], "\N{REPLACEMENT CHARACTER}{}\n")]


def test_a_note_lies_under_the_digest_of_its_text(store: Store) -> None:
    assert put_note(store, DIGEST, TEXT) is True
    assert put_note(store, DIGEST, TEXT) is False
    assert note(store, DIGEST) == TEXT
    assert list(notes(store)) == [(DIGEST, TEXT)]
    assert note(store, "0" * 64) is None
    with pytest.raises(ValueError, match="another text"):
        put_note(store, DIGEST, "something else")


def test_a_changed_note_is_told(store: Store) -> None:
    put_note(store, DIGEST, TEXT)
    store.replace(f"events/notes/{DIGEST}.txt", b"something else", expected=TEXT.encode())
    assert list(notes(store)) == [(DIGEST, None)]
