"""From a setting to stores, and every way to get it wrong."""

from pathlib import Path

import pytest

from core.errors import ConfigurationError, StoreUnavailableError
from storage.folder import FolderStore
from storage.opening import open_stores
from storage.s3 import S3Access, S3Store
from storage.stores import Role

EMBEDDED = S3Access("http://127.0.0.1:1", "key", "secret")


def test_the_default_is_the_embedded_store_and_a_folder_beside_it(tmp_path: Path) -> None:
    s3, copy = open_stores("s3=embedded;copy=file:", home=tmp_path, s3=EMBEDDED)
    assert isinstance(s3, S3Store)
    assert isinstance(copy, FolderStore)
    assert (s3.name, s3.role, s3.local, s3.place) == (
        "s3",
        Role.REQUIRED,
        True,
        "the bucket muniment at http://127.0.0.1:1",
    )
    assert (copy.name, copy.role, copy.root) == ("copy", Role.REQUIRED, tmp_path / "copy")
    assert copy.root.is_dir()


def test_a_store_may_be_caught_up_later(tmp_path: Path) -> None:
    stores = open_stores(f"a=file:;far-away=file:{tmp_path}/b?role=later;", home=tmp_path, s3=None)
    assert [(store.name, store.role) for store in stores] == [("a", Role.REQUIRED), ("far-away", Role.LATER)]


def test_a_bucket_is_reached_as_the_aws_variables_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    (store,) = open_stores("far=s3://scans/deep/prefix", home=tmp_path, s3=None)
    assert isinstance(store, S3Store)
    assert (store.bucket, store.prefix, store.local) == ("scans", "deep/prefix/", False)
    assert store.place == "the bucket scans at http://127.0.0.1:2"


def test_an_unplugged_disk_is_not_made_anew(tmp_path: Path) -> None:
    (store,) = open_stores(f"disk=file:{tmp_path}/media/usb/muniment", home=tmp_path, s3=None)
    assert not (tmp_path / "media").exists()
    with pytest.raises(StoreUnavailableError, match="connect its disk"):
        store.size("store.json")


@pytest.mark.parametrize(
    ("specification", "words"),
    [
        ("", "needs a store"),
        ("a=file:?role=later", "needs a store"),
        ("a=file:;a=file:/x", "one store twice"),
        ("file:", "is no store"),
        ("a/b=file:", "is no store"),
        ("a=ftp://x", "is unknown"),
        ("a=s3://", "is unknown"),
        ("a=file:relative", "not absolute"),
        ("a=file:?role=maybe", "role=later"),
        ("a=file:?size=3", "says more"),
        ("a=embedded", "start `muniment run`"),
    ],
)
def test_a_wrong_setting_says_how_to_write_it(tmp_path: Path, specification: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        open_stores(specification, home=tmp_path, s3=None)


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(EMBEDDED)
