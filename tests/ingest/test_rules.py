import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.fixity import Checksum, Digests
from core.images import FileFacts, ImageFacts, Oddity
from core.item import Item
from core.limits import PageLimits
from core.problem_codes import CODES
from core.problems import problem
from core.submission import Submission, SubmittedFile, SuppliedDigest
from ingest.batches import read_batch
from ingest.rules import RULES, judge, judge_batch

SIGHT = ImageFacts(index=0, width=2480, height=3508, mode="RGB", bits=8, dpi=300.0, profile="sRGB")
GOOD = FileFacts(media_type="image/tiff", pages=(SIGHT,))


def files(*names: str, size: int = 10) -> tuple[SubmittedFile, ...]:
    return tuple(SubmittedFile(name, Path(name), size) for name in names)


def item(*names: str, **more: Any) -> Submission:
    return Submission(folder="f", path=Path("f"), files=files(*names), **more)


def sight(**change: Any) -> ImageFacts:
    values = {"index": 0, "width": 2480, "height": 3508, "mode": "RGB", "bits": 8, "dpi": 300.0, "profile": "sRGB"}
    return ImageFacts(**{**values, **change})


def found(facts: FileFacts, name: str = "1.tif") -> list[tuple[str, int | None]]:
    return [(each.code, each.page) for each in judge(item("0.tif", name), {"0.tif": GOOD, name: facts}, {})]


def test_a_good_item_has_no_problem() -> None:
    assert judge(item("1.tif", "2.tif"), {"1.tif": GOOD, "2.tif": GOOD}, {}) == ()


def test_what_was_seen_while_reading_comes_first_and_once() -> None:
    seen = problem("file-stranger", file="x")
    assert judge(item(problems=(seen, seen)), {}, {}) == (seen, problem("pages-none", file="f"))


def test_an_empty_file_is_refused_once() -> None:
    facts = {"1.tif": FileFacts(media_type="", pages=(), oddities=(Oddity("file-empty"),))}
    empty = Submission(folder="f", path=Path("f"), files=files("1.tif", size=0))
    assert judge(empty, facts, {}) == (problem("file-empty", page=1, file="1.tif"),)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FileFacts(media_type="", pages=(), oddities=(Oddity("format-unknown"),)), [("format-unknown", 2)]),
        (FileFacts(media_type="image/jpeg", pages=(sight(),)), [("format-other-name", 2)]),
        (FileFacts(media_type="image/tiff", pages=(sight(dpi=None),)), [("image-no-resolution", None)]),
        (FileFacts(media_type="image/tiff", pages=(sight(profile=None),)), [("image-no-profile", None)]),
        (FileFacts(media_type="image/tiff", pages=(sight(profile=None, mode="L"),)), []),
        (FileFacts(media_type="image/tiff", pages=(sight(dpi=72.0),)), [("image-oversized", 2)]),
        (FileFacts(media_type="image/tiff", pages=(sight(width=15000, height=14000, dpi=None, mode="1"),)), None),
        (
            FileFacts(
                media_type="image/tiff",
                pages=(sight(profile=None),),
                oddities=(Oddity("image-profile-invalid", "CMYK", 0),),
            ),
            [("image-profile-invalid", 2)],
        ),
    ],
)
def test_rules_about_images(facts: FileFacts, expected: list[tuple[str, int | None]] | None) -> None:
    assert found(facts) == (
        expected if expected is not None else [("image-no-resolution", None), ("image-oversized", 2)]
    )


def test_one_problem_an_item_for_what_all_pages_lack() -> None:
    bare = FileFacts(media_type="image/tiff", pages=(sight(dpi=None, profile=None),))
    sentences = [each.sentence for each in judge(item("1.tif", "2.tif"), {"1.tif": bare, "2.tif": bare}, {})]
    assert sentences == [
        'No resolution is given on 2 of the pages (first "1.tif"): the size of the original stays unknown; '
        "set it in the scanning program.",
        'No colour profile is given on 2 of the colour pages (first "1.tif"): sRGB is assumed; '
        "embed the profile when scanning.",
    ]


def test_the_inside_of_a_pdf_needs_neither_profile_nor_resolution() -> None:
    pages = tuple(sight(index=index, dpi=None, profile=None) for index in range(3))
    assert found(FileFacts(media_type="application/pdf", pages=pages), "1.pdf") == []


def test_pages_are_counted_over_files_and_their_images() -> None:
    many = FileFacts(
        media_type="image/tiff",
        pages=(sight(), sight(index=1)),
        oddities=(Oddity("image-damaged", "row 7", 1), Oddity("image-directory-loop", "2")),
    )
    broken = FileFacts(media_type="", pages=(), oddities=(Oddity("image-truncated", "it ends early"),))
    facts = {"1.tif": GOOD, "2.tif": many, "3.tif": broken}
    assert [(each.code, each.page) for each in judge(item("1.tif", "2.tif", "3.tif"), facts, {})] == [
        ("image-damaged", 3),
        ("image-directory-loop", None),
        ("image-truncated", 4),
    ]


def test_limits_are_named_in_the_sentence() -> None:
    facts = FileFacts(media_type="image/tiff", pages=(), oddities=(Oddity("image-too-large", "90000 x 80000", 0),))
    told = judge(item("1.tif"), {"1.tif": facts}, {}, PageLimits(megapixels=50))
    assert told == (problem("image-too-large", page=1, file="1.tif", width=90000, height=80000, limit=50),)


@pytest.mark.parametrize(
    "kind", [code for code in CODES if code.split("-")[0] in ("image", "pdf", "page", "format", "file", "pages")]
)
@pytest.mark.parametrize("detail", ["", "some words", "12"])
def test_every_oddity_becomes_a_sentence(kind: str, detail: str) -> None:
    facts = FileFacts(media_type="image/tiff", pages=(sight(),), oddities=(Oddity(kind, detail),))
    told = judge(item("1.tif"), {"1.tif": facts}, {})
    assert kind in [each.code for each in told]
    assert all("{" not in each.sentence for each in told)


def digests(content: bytes, *algorithms: str) -> Digests:
    names = ("sha512", "sha256", *algorithms)
    return Digests(len(content), {name: hashlib.new(name, content).hexdigest() for name in names})


def test_a_difference_refuses_and_names_both_digests() -> None:
    supplied = {"1.tif": (SuppliedDigest(Checksum("md5", "0" * 32), "x.md5"),)}
    told = judge(item("1.tif", supplied=supplied, lists=("x.md5",)), {}, {"1.tif": digests(b"a", "md5")})
    assert [each.sentence for each in told] == [
        'The file "1.tif" has the md5 digest 0cc175b9c0f1b6a831c399e269772661, but "x.md5" says '
        "00000000000000000000000000000000: copy it again from the scanner."
    ]


def test_the_same_digest_is_no_problem() -> None:
    known = digests(b"a", "md5")
    supplied = {"1.tif": tuple(SuppliedDigest(Checksum(name, value), "x") for name, value in known.values.items())}
    assert judge(item("1.tif", supplied=supplied, lists=("x",)), {}, {"1.tif": known}) == ()


def test_an_unlisted_file_is_refused_with_its_digest() -> None:
    known = digests(b"a", "md5")
    supplied = {"1.tif": (SuppliedDigest(Checksum("md5", known.values["md5"]), "x.md5"),)}
    told = judge(item("1.tif", "2.tif", supplied=supplied, lists=("x.md5",)), {}, {"1.tif": known, "2.tif": known})
    assert told == (
        problem("checksum-file-unlisted", file="2.tif", algorithm="md5", found=known.values["md5"], list="x.md5"),
    )


def test_two_items_with_one_key_are_both_refused() -> None:
    keys = {"a": "C\nX1", "b": "C\nX1", "c": "C\nX2", "d": "folder:batch/d"}
    items = [
        (Submission(folder=name, path=Path(name), files=()), Item(id="", source_key=key, title=""))
        for name, key in keys.items()
    ]
    assert judge_batch(items) == {name: (problem("key-twice", value="X1"),) for name in ("a", "b")}


def real_digests(submission: Submission) -> dict[str, Digests]:
    return {file.name: digests(file.path.read_bytes(), "md5") for file in submission.files}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda bench: {"a/1.tif": b"other bytes"}, "checksum-mismatch"),
        (lambda bench: {"a/2.tif": b"more"}, "checksum-file-unlisted"),
        (lambda bench: {"a/x.md5": f"{bench.digest(b'page')}  1.tif\n{'0' * 32}  9.tif\n"}, "checksum-file-missing"),
        (lambda bench: {"a/y.sha1": "what"}, "checksum-list-unreadable"),
        (lambda bench: {"a/1.tif": b""}, "file-empty"),
        (lambda bench: {}, None),
    ],
)
def test_faults_of_real_folders(bench: Any, fault: Callable[[Any], dict[str, bytes | str]], code: str | None) -> None:
    whole = {"a/1.tif": b"page", "a/x.md5": f"{bench.digest(b'page')}  1.tif\n"}
    submission = read_batch(bench.write({**whole, **fault(bench)})).submissions[0]
    told = [each.code for each in judge(submission, {}, real_digests(submission)) if each.refuses]
    assert code in told if code else told == []


def test_every_rule_says_why_it_is_there() -> None:
    assert all(rule.__doc__ for rule in RULES)
