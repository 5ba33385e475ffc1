"""From a setting to stores, and every way to get it wrong."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError, StoreUnavailableError
from storage.folder import FolderStore
from storage.opening import open_stores
from storage.s3 import S3Access, S3Store
from storage.stores import Role, Store, Terms

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
        ("a=file:?days=0", "days=90"),
        ("a=file:?days=soon", "days=90"),
        ("a=file:?daily=0GB", "daily=50GB"),
        ("a=file:?daily=50XB", "daily=50GB"),
        ("a=file:?daily=much", "daily=50GB"),
        ("a=file:?profile=far", "only s3:// places"),
        ("a=s3://scans?profile=no-such-profile", 'profile "no-such-profile" cannot be used'),
        ("a=embedded", "start `muniment run`"),
    ],
)
def test_a_wrong_setting_says_how_to_write_it(tmp_path: Path, specification: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        open_stores(specification, home=tmp_path, s3=None)


def test_a_store_has_its_terms(tmp_path: Path) -> None:
    plain, told = open_stores(
        f"a=file:;b=file:{tmp_path}/b?role=later&days=90&daily=50GB&threats=fire,+theft%3B+water&place=Haus+2,+Keller",
        home=tmp_path,
        s3=None,
    )
    assert plain.terms == Terms()
    assert told.role is Role.LATER
    assert told.terms == Terms(days=90, daily=50_000_000_000, threats="fire, theft; water", words="Haus 2, Keller")


@pytest.mark.parametrize(
    ("said", "size"), [("700", 700), ("1.5GB", 1_500_000_000), ("2+TiB", 2 << 40), ("10kB", 10_000), ("3B", 3)]
)
def test_sizes_are_written_as_people_do(tmp_path: Path, said: str, size: int) -> None:
    (store,) = open_stores(f"a=file:?daily={said}", home=tmp_path, s3=None)
    assert store.terms.daily == size


AWS = """
[profile near]
region = eu-west-1
endpoint_url = http://127.0.0.1:3
aws_access_key_id = near-key
aws_secret_access_key = near-secret
[profile far]
region = eu-north-1
services = elsewhere
aws_access_key_id = far-key
aws_secret_access_key = far-secret
[services elsewhere]
s3 =
  endpoint_url = http://127.0.0.1:4
[profile amazon]
aws_access_key_id = amazon-key
aws_secret_access_key = amazon-secret
"""


def test_each_bucket_may_have_its_own_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(AWS)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "common-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "common-secret")
    stores = open_stores(
        "a=s3://one;b=s3://two?profile=near;c=s3://three/x?profile=far;d=s3://four?profile=amazon",
        home=tmp_path,
        s3=None,
    )
    assert [_entry(store) for store in stores] == [
        ("http://127.0.0.1:2", "us-west-2", "common-key"),
        ("http://127.0.0.1:3", "eu-west-1", "near-key"),
        ("http://127.0.0.1:4", "eu-north-1", "far-key"),
        ("https://s3.amazonaws.com", "us-east-1", "amazon-key"),
    ]


def _entry(store: Store) -> tuple[str, str, str]:
    """Where a store's client goes, and as whom."""
    assert isinstance(store, S3Store)
    client: Any = store.client
    return client.meta.endpoint_url, client.meta.region_name, client._request_signer._credentials.access_key


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(EMBEDDED)
