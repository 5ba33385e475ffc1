"""Keys: extension 0003 as its text and another implementation have it, and content paths that never clash."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocfl.layout_0003_hash_and_id_n_tuple import Layout_0003_Hash_And_Id_N_Tuple

from storage.layout import content_path, item_id, object_id, object_root, stage_key, stage_prefix
from storage.stores import safe_key

SHA = "ab12cd34" * 16


@pytest.mark.parametrize(
    ("of_object", "path"),
    [
        # The examples in the text of extension 0003.
        ("object-01", "3c0/ff4/240/object-01"),
        ("..hor/rib:le-$id", "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
    ],
)
def test_an_object_lies_where_the_extension_says(of_object: str, path: str) -> None:
    assert object_root(of_object) == f"ocfl/{path}"


def test_a_long_id_is_cut_and_completed_by_its_digest() -> None:
    long = "abcdefghij" * 11
    digest = hashlib.sha256(long.encode()).hexdigest()
    assert object_root(long) == f"ocfl/{digest[:3]}/{digest[3:6]}/{digest[6:9]}/{long[:100]}-{digest}"


@given(st.text(min_size=1, max_size=150).filter(lambda text: text.isprintable()))
def test_another_implementation_puts_it_at_the_same_place(of_object: str) -> None:
    assert object_root(of_object) == "ocfl/" + Layout_0003_Hash_And_Id_N_Tuple().identifier_to_path(of_object)


def test_an_item_is_found_again_by_its_object() -> None:
    assert item_id(object_id("0b1c2d3f4g5h")) == "0b1c2d3f4g5h"
    assert item_id("urn:other:1") is None


@pytest.mark.parametrize(
    ("logical", "path"),
    [
        ("masters/0001.tif", "v2/content/masters/0001-ab12cd34ab12cd34.tif"),
        ("text/0b1c2d3f4g5h.alto.xml", "v2/content/text/0b1c2d3f4g5h.alto-ab12cd34ab12cd34.xml"),
        ("premis.xml", "v2/content/premis-ab12cd34ab12cd34.xml"),
        ("submission/Manifest (Kopie).TXT", "v2/content/submission/ab12cd34ab12cd34.txt"),
        ("submission/plain.txt", "v2/content/submission/ab12cd34ab12cd34.txt"),
        ("submission/naïve/ﬁle", "v2/content/submission/ab12cd34ab12cd34"),
        ("Was ist das", "v2/content/other/ab12cd34ab12cd34"),
    ],
)
def test_content_paths_are_ours_and_never_a_stranger_s(logical: str, path: str) -> None:
    assert content_path(2, logical, SHA) == path


@given(st.text(min_size=1, max_size=80), st.text(min_size=0, max_size=80))
def test_whatever_a_file_is_called_its_keys_are_safe(name: str, hint: str) -> None:
    assert safe_key(content_path(1, f"submission/{name}", SHA))
    assert safe_key(content_path(1, name, SHA))
    assert safe_key(stage_key(hint, SHA[:64])).startswith(stage_prefix(hint))
