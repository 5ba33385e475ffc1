"""What one fire or theft takes, told over stores on this very machine and on machines that are only named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog import copies, known_stores, people, runs
from catalog.fixity_values import KnownStore, Run, RunState
from core.fixity import StoredFile
from core.settings import Settings
from fixity.levels import LevelFacts
from workflow import disks, places
from workflow.disks import HERE, Spot, spot_of
from workflow.stands import Stand, houses, tie
from workflow.workshop import Workshop

DISK, OTHER_DISK = Spot(frozenset({"sda"}), HERE), Spot(frozenset({"sdb", "sdc"}), HERE)
FAR = Spot(frozenset(), "s3.example.org")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def stand(name: str, spot: Spot | None, words: str = "", medium: str = "disk") -> Stand:
    return Stand(name, spot, words, medium)


@pytest.mark.parametrize(
    ("stores", "told"),
    [
        (
            "copy=file:",
            'There is one store only, "copy": one fire or theft loses everything. Add a second one.',
        ),
        (
            "copy=file:;second=file:{folder}",
            'The stores "copy" and "second" lie on one disk: one broken disk, fire or theft loses both. '
            "Put one of them on another disk, in another house.",
        ),
        (
            "copy=file:;second=file:/dev/shm/{name}",
            'The stores "copy" and "second" lie in one machine: one fire or theft loses both. '
            "Put one of them on another disk, in another house.",
        ),
        (
            "copy=file:?place=Library;second=s3://bucket/x?place=library",
            'The stores "copy" and "second" lie in one place (Library): one fire or theft loses both. '
            "Put one of them on another disk, in another house.",
        ),
        (
            "copy=file:?place=Library;second=s3://bucket/x?place=Town+hall",
            'The stores "copy" and "second" lie in different places: no single fire or theft takes all of them.',
        ),
        (
            "copy=file:?place=Library;second=s3://bucket/x",
            'The stores "copy" and "second" lie on different machines, as far as can be told from here: '
            "say with ?place= in MUNIMENT_STORES where each stands.",
        ),
        (
            "copy=file:;second=file:{folder};far=s3://bucket/x;away=file:/nowhere/at/all",
            'The stores "copy" and "second" lie on one disk: one broken disk, fire or theft loses both, and leaves '
            '"far" and "away". Put one of them on another disk, in another house. '
            'Where "away" lies cannot be told while it is away.',
        ),
        ("copy=nonsense", None),
    ],
)
def test_what_a_fire_takes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stores: str, told: str | None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example.org")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    (tmp_path / "second").mkdir()
    name = f"muniment-{tmp_path.name}"
    shared_memory = Path("/dev/shm", name)
    if "/dev/shm" in stores:
        if not shared_memory.parent.is_dir() or shared_memory.parent.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("there is no second file system to write to")
        shared_memory.mkdir()
    shop = Workshop(Settings(home=tmp_path / "home", stores=stores.format(folder=tmp_path / "second", name=name)))
    shop.home.make()
    try:
        said = places.shared(shop)
    finally:
        if shared_memory.is_dir():
            shared_memory.rmdir()
    assert said == told if told else said.startswith("Where the stores lie cannot be told: ")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (stand("a", DISK), stand("b", Spot(frozenset({"sda", "sdb"}), HERE)), "on one disk"),
        (stand("a", DISK, "Here"), stand("b", OTHER_DISK, "There"), "in one machine"),  # words do not move a machine
        (stand("a", FAR), stand("b", FAR), "at one host (s3.example.org)"),
        (stand("a", FAR, "Dublin"), stand("b", FAR, "Frankfurt"), ""),
        (stand("a", FAR, "Dublin"), stand("b", FAR), "at one host (s3.example.org)"),
        (stand("a", None), stand("b", DISK), ""),
        (stand("a", None, "Cellar"), stand("b", DISK, "cellar"), "in one place (Cellar)"),
        (stand("a", DISK), stand("b", FAR), ""),
    ],
)
def test_what_two_stores_share(one: Stand, other: Stand, told: str) -> None:
    assert tie(one, other) == told


def test_stores_that_hang_together_fall_together() -> None:
    found = (stand("a", DISK), stand("b", FAR), stand("c", OTHER_DISK, "X"), stand("d", FAR, "X"), stand("e", None))
    assert [[one.name for one in house] for house in houses(found)] == [["a", "b", "c", "d"], ["e"]]


MOUNTS = """\
22 1 8:1 / {root} rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:50 / {root}/mnt/a\\040share rw - nfs4 files.example.org:/export rw
41 22 0:51 / {root}/mnt/windows rw - cifs //nas/scans rw
42 22 0:52 / {root}/srv rw - btrfs /dev/mapper/vault rw
43 22 0:53 / {root}/srv/hidden rw - tmpfs tmpfs rw
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders of a machine with a disk, an array under a volume, two shares and a file system in memory."""
    root, blocks = tmp_path / "root", tmp_path / "blocks"
    for name in ("mnt/a share", "mnt/windows", "srv/hidden", "home"):
        (root / name).mkdir(parents=True)
    for name in ("sda", "sda/sda1", "sdb", "sdc", "vault/slaves/md0", "md0/slaves/sdb", "md0/slaves/sdc"):
        (blocks / name).mkdir(parents=True)
    (blocks / "sda1").symlink_to("sda/sda1")
    (blocks / "sda/sda1/partition").write_text("1\n")
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS.format(root=root))
    monkeypatch.setattr(disks, "MOUNTS", table)
    monkeypatch.setattr(disks, "BLOCKS", blocks)
    return root


def test_shares_are_their_server_and_volumes_their_disks(machine: Path) -> None:
    assert spot_of(machine / "home") == Spot(frozenset({"sda"}), HERE)
    assert spot_of(machine / "mnt/a share") == Spot(frozenset({"files.example.org:/export"}), "files.example.org")
    assert spot_of(machine / "mnt/windows") == Spot(frozenset({"//nas/scans"}), "nas")
    assert spot_of(machine / "srv") == Spot(frozenset({"sdb", "sdc"}), HERE)
    device = (machine / "srv").stat().st_dev
    assert spot_of(machine / "srv/hidden") == Spot(frozenset({f"#{device}"}), HERE)


def test_a_path_that_is_not_there_has_no_spot(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spot_of(tmp_path / "gone")


def test_the_levels_are_judged_by_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    stores = f"copy=file:?threats=fire;second=file:{tmp_path}/second?threats=theft&days=3"
    shop = Workshop(Settings(home=tmp_path / "home", stores=stores))
    people.add(shop.catalog, "ada", "a long password", "steward")
    file = StoredFile(logical="a", key="ocfl/a", size=1, sha512="5" * 128, sha256="2" * 64)
    copies.add(shop.catalog, "copy", [file], item="x", at=NOW - 2 * places.FIXED)
    known_stores.note(shop.catalog, KnownStore(name="copy", store_id="1", state="well", since=NOW))
    known_stores.note(shop.catalog, KnownStore(name="second", store_id="2", state="away", since=NOW))
    runs.finish(
        shop.catalog,
        Run(id="r", kind="nightly", state=RunState.DONE, started=NOW - places.FIXED, finished=NOW - places.FIXED / 2),
    )
    facts = LevelFacts(copies=1, places=1, threats=1, media=1, fixed_interval=True, log_stores=1, staff=1)
    assert places.level_facts(shop, NOW) == facts
    copies.add(shop.catalog, "second", [file], item="x", at=NOW - 2 * places.FIXED)
    late = LevelFacts(copies=2, places=1, threats=1, media=1, fixed_interval=False, log_stores=1, staff=1)
    assert places.level_facts(shop, NOW) == late
