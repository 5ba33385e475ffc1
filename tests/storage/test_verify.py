"""The verifier that goes along with every export, run as its receiver runs it: a bare Python, no Muniment."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import StorageError
from storage.export import beside, export_bag, export_ocfl
from storage.folder import FolderStore
from storage.ocfl import NewVersion, commit
from storage.stores import Store
from storage.validator import validate_object

OBJECT = "info:muniment/0b1c2d3f4g5h"
FIRST = {"masters/0001.tif": b"scan one", "masters/0002.tif": b"scan two", "premis.xml": b"<premis/>"}
SECOND = b"<premis>2</premis>"
ODD = {
    "submission/50%.txt": b"%",
    "submission/two\nlines\x0b.txt": b"n",
    "submission/Größe é.txt": b"paper",
    "empty": b"",
}
Make = Callable[..., NewVersion]
Damage = Callable[[Path], None]


def run(script: Path, *arguments: Path) -> tuple[int, list[str]]:
    """The exit code and the lines of the script, run apart from everything of ours."""
    done = subprocess.run(
        [sys.executable, "-I", script, *arguments], capture_output=True, text=True, timeout=60, cwd=script.parent
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def out(folder_store: FolderStore, make: Make, tmp_path: Path) -> Path:
    """A folder with an exported `bag` and an exported `object` of two versions."""
    commit(folder_store, make(FIRST))
    commit(folder_store, make({**FIRST, **ODD, "premis.xml": SECOND}, head=1))
    export_bag(folder_store, OBJECT, tmp_path / "out/bag")
    export_ocfl(folder_store, OBJECT, tmp_path / "out/object")
    return tmp_path / "out"


def test_it_needs_nothing_but_the_standard_library_of_an_old_python(out: Path) -> None:
    tree = ast.parse((out / "bag/verify.py").read_text(), feature_version=(3, 7))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported <= set(sys.stdlib_module_names)


def test_fresh_exports_are_whole_and_say_so(out: Path) -> None:
    bag, item = out / "bag", out / "object"
    assert run(bag / "verify.py") == (0, [f"{bag}: 11 files, all as recorded."])
    assert run(beside(item)) == (0, [f"{item}: 11 files, all as recorded."])
    assert run(beside(item), bag)[0] == run(bag / "verify.py", item)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == ["bag", "object", "object.verify.py"]


def test_the_object_is_valid_beside_it(out: Path) -> None:
    assert validate_object(FolderStore(out, name="out"), "object") == ()


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def link(path: Path) -> None:
    away = next(parent for parent in path.parents if parent.name == "out")
    path.rename(away / "moved")
    path.symlink_to(away / "moved")


def stranger(path: Path) -> None:
    path.with_name("stranger").write_bytes(b"x")


DAMAGES = [(flip, "bytes"), (cut, "bytes"), (Path.unlink, "gone"), (link, "gone"), (stranger, "more")]


@pytest.mark.parametrize(("damage", "kind"), DAMAGES)
def test_any_damage_to_a_file_of_an_object_is_named(out: Path, damage: Damage, kind: str) -> None:
    item = out / "object"
    (target,) = item.glob("v1/content/masters/0001*")
    damage(target)
    name = target.relative_to(item).as_posix()
    sentence = {
        "bytes": f"'{name}' has other bytes than recorded (md5, sha256, sha512).",
        "gone": f"'{name}' is recorded but not there.",
        "more": "'v1/content/masters/stranger' is there but in no inventory.",
    }[kind]
    assert run(beside(item)) == (1, [sentence, f"{item}: 11 files, NOT as recorded (1)."])


@pytest.mark.parametrize(("damage", "kind"), DAMAGES)
def test_any_damage_to_a_file_of_a_bag_is_named(out: Path, damage: Damage, kind: str) -> None:
    bag = out / "bag"
    damage(bag / "data/masters/0001.tif")
    was = sum(map(len, {**FIRST, **ODD, "premis.xml": SECOND}.values()))
    sizes: dict[Damage, int] = {flip: was, cut: was - 1, stranger: was + 1}
    size = sizes.get(damage, was - 8)
    files = 7 + {"gone": -1, "more": 1}.get(kind, 0)
    told = {
        "bytes": ["'data/masters/0001.tif' has other bytes than recorded (sha512)."],
        "gone": ["'data/masters/0001.tif' is recorded but not there."],
        "more": ["'data/masters/stranger' is there but not listed in manifest-sha512.txt."],
    }[kind]
    if damage is not flip:
        oxum = f"The payload has {files} files and {size} bytes, not as bag-info.txt says (Payload-Oxum: {was}.7)."
        told.insert(1 if kind == "more" else 0, oxum)
    assert run(bag / "verify.py") == (1, [*told, f"{bag}: 11 files, NOT as recorded ({len(told)})."])


def test_two_files_that_changed_places_are_both_named(out: Path) -> None:
    one, two = out / "bag/data/masters/0001.tif", out / "bag/data/masters/0002.tif"
    one.rename(out / "third")
    two.rename(one)
    (out / "third").rename(two)
    assert run(out / "bag/verify.py") == (
        1,
        [
            "'data/masters/0001.tif' has other bytes than recorded (sha512).",
            "'data/masters/0002.tif' has other bytes than recorded (sha512).",
            f"{out / 'bag'}: 11 files, NOT as recorded (2).",
        ],
    )


@pytest.mark.parametrize(
    "name", ["bagit.txt", "bag-info.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt", "verify.py"]
)
def test_any_damage_to_a_tag_file_is_found(out: Path, name: str) -> None:
    shutil.copy(out / "bag/verify.py", out / "elsewhere.py")
    flip(out / "bag" / name)
    assert run(out / "elsewhere.py", out / "bag")[0] == 1


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_any_damage_to_bookkeeping_is_found(out: Path, damage: Damage, tmp_path: Path) -> None:
    kept = [path for path in (out / "object").rglob("*") if path.is_file() and "content" not in path.parts]
    assert len(kept) == 7
    for path in kept:
        broken = tmp_path / "broken"
        shutil.copytree(out / "object", broken)
        damage(broken / path.relative_to(out / "object"))
        assert run(beside(out / "object"), broken)[0] != 0, path
        shutil.rmtree(broken)


def test_a_folder_that_is_no_export_is_told(out: Path) -> None:
    (out / "none").mkdir()
    assert run(out / "bag/verify.py", out / "none") == (
        2,
        [f"There is no BagIt bag and no OCFL object in {out}/none: give the folder's name."],
    )


def test_nothing_is_written_over_for_the_verifier(folder_store: Store, make: Make, tmp_path: Path) -> None:
    commit(folder_store, make(FIRST))
    (tmp_path / "mine.verify.py").write_text("mine")
    with pytest.raises(StorageError, match=r"mine\.verify\.py"):
        export_ocfl(folder_store, OBJECT, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.scans
def test_the_good_ones_of_the_suites_are_accepted(shared_data: Path, out: Path) -> None:
    suite = shared_data / "conformance"
    good = [*(suite / "ocfl/1.1/good-objects").iterdir(), *(suite / "bagit/v1.0/valid").iterdir()]
    assert len(good) == 13
    assert [path.name for path in good if run(out / "bag/verify.py", path)[0] != 0] == []


BYTES = re.compile(r"E001_extra|E023_extra|E092|E060|E061|E063|E058|E003|E007|E064|E093|^notAll|^same|E050_state")


@pytest.mark.scans
def test_the_bad_ones_whose_bytes_are_wrong_are_refused(shared_data: Path, out: Path) -> None:
    suite = shared_data / "conformance"
    bad = [*(suite / "ocfl/1.1/bad-objects").iterdir(), *(suite / "bagit/v1.0/invalid").iterdir()]
    chosen = [path for path in bad if BYTES.search(path.name)]
    assert len(chosen) == 21
    assert [path.name for path in chosen if run(out / "bag/verify.py", path)[0] == 0] == []
