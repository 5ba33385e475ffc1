"""What is true of the folder store alone."""

from pathlib import Path

from storage.folder import FolderStore
from storage.stores import Listed


def test_a_file_that_is_swept_while_its_folder_is_listed_is_not_listed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, name="copy")
    for name in ("a", "b", "c"):
        store.put_bytes(f"ocfl/{name}", name.encode())
    listing = store.listing("ocfl/")
    first = next(listing)
    store.delete("ocfl/b")
    assert [first, *listing] == [Listed("ocfl/a", 1), Listed("ocfl/c", 1)]
