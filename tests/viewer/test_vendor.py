"""What came from outside is what `vendor.json` says, with its licence, and nothing else."""

import hashlib
import json
from pathlib import Path

VIEWER = Path(__file__).resolve().parents[2] / "viewer"
VENDOR = VIEWER / "static" / "vendor"


def test_every_vendored_file_has_the_digest_that_was_noted() -> None:
    noted = {
        f"{part['folder']}/{name}": digest
        for part in json.loads((VENDOR / "vendor.json").read_text())
        for name, digest in part["files"].items()
    }
    found = {
        file.relative_to(VENDOR).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.name != "vendor.json"
    }
    assert found == noted


def test_every_part_has_a_licence_and_a_version() -> None:
    for part in json.loads((VENDOR / "vendor.json").read_text()):
        assert any(name.startswith("LICENSE") for name in part["files"])
        assert part["folder"].endswith(f"-{part['version']}")
        assert part["licence"] in ("OFL-1.1", "BSD-3-Clause")


def test_nothing_is_loaded_from_elsewhere() -> None:
    ours = [file for folder in ("templates", "static/css", "static/js") for file in (VIEWER / folder).rglob("*.*")]
    assert len(ours) > 20
    for file in ours:
        assert "http://" not in file.read_text().replace("http://www.w3.org/", ""), file
        assert "https://" not in file.read_text(), file
