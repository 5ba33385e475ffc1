import sys
from pathlib import Path

import pytest

from ocr.languages import models_for
from ocr.models import Choice, Missing, available, choose, find_program, gather

ALL = ("chi_sim", "chi_tra", "deu", "eng", "fra", "frk", "grc", "script/Fraktur")


def debian(package: str, file: str) -> str:
    return (
        f'the Debian package "tesseract-ocr-{package}", or put the file "{file}.traineddata" into the folder of models'
    )


@pytest.mark.parametrize(
    ("languages", "models"),
    [
        (("de",), ("deu",)),
        (("ger", "de-AT", "deu"), ("deu",)),
        (("grc", "en"), ("grc", "eng")),
        (("de-Latf",), ("frk",)),
        (("de-Latf-AT", "DE"), ("frk", "deu")),
        (("sv-Latf",), ("script/Fraktur",)),
        (("zh",), ("chi_sim",)),
        (("zh-TW", "zh-Hans"), ("chi_tra", "chi_sim")),
        (("zxx",), ()),
        ((), ()),
    ],
)
def test_language_tags_choose_models_in_order(languages: tuple[str, ...], models: tuple[str, ...]) -> None:
    assert choose(languages, "", ALL) == Choice(models)


def test_what_is_missing_comes_with_its_remedy_and_english_is_not_put_in() -> None:
    assert choose(("la", "got", "und"), "", ALL) == Choice(
        (),
        (
            Missing("la", debian("lat", "lat")),
            Missing("got", 'a trained model for it (a file such as "got.traineddata", put into the folder of models)'),
            Missing("und", 'a model of your choice and name it in the column "ocr.model"'),
        ),
    )


def test_the_models_that_are_there_are_used_when_others_are_missing() -> None:
    assert choose(("fr", "it"), "", ALL) == Choice(("fra",), (Missing("it", debian("ita", "ita")),))


def test_fraktur_is_read_by_whichever_of_its_models_is_there() -> None:
    assert choose(("de-Latf",), "", ["deu", "deu_latf"]).models == ("deu_latf",)
    assert choose(("de-Latf",), "", ["deu"]).missing == (Missing("de-Latf", debian("frk", "frk")),)
    assert choose(("da-Latf",), "", []).missing == (Missing("da-Latf", debian("script-frak", "Fraktur")),)


def test_models_asked_for_by_name_replace_those_of_the_languages() -> None:
    assert choose(("de",), "grc + eng", ALL) == Choice(("grc", "eng"))
    assert choose(("de",), "eng+lat", ALL) == Choice(("eng",), (Missing("lat", debian("lat", "lat")),))
    assert choose(("de",), "../../etc/passwd", ALL).models == ()


def test_scripts_have_their_own_models() -> None:
    assert [models_for(tag)[0] for tag in ("sr", "sr-Latn", "uz-Cyrl", "nn")] == ["srp", "srp_latn", "uzb_cyrl", "nor"]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "system"
    (folder / "script").mkdir(parents=True)
    for name in ("deu", "lat", "osd", "script/Fraktur"):
        (folder / f"{name}.traineddata").write_bytes(b"model")
    monkeypatch.setenv("TESSDATA_PREFIX", str(folder))
    return folder


def test_one_folder_gathers_all_models_and_the_systems_file_wins(tmp_path: Path, system: Path) -> None:
    folder = tmp_path / "home/tessdata"
    gather(folder)
    assert {"deu", "eng", "lat", "script/Fraktur"} <= set(available(folder))
    assert "osd" not in available(folder)
    assert (folder / "deu.traineddata").read_bytes() == b"model"
    assert (folder / "eng.traineddata").stat().st_size > 1_000_000
    assert (folder / "configs/tsv").is_file()


def test_gathering_again_follows_what_came_and_went_and_keeps_real_files(tmp_path: Path, system: Path) -> None:
    folder = tmp_path / "tessdata"
    gather(folder)
    (system / "lat.traineddata").unlink()
    (system / "ita.traineddata").write_bytes(b"new")
    (folder / "deu.traineddata").unlink()
    (folder / "deu.traineddata").write_bytes(b"mine")
    (folder / "own.traineddata").write_bytes(b"mine")
    for _ in range(2):
        gather(folder)
        assert {"ita", "own"} <= set(available(folder))
        assert "lat" not in available(folder)
        assert (folder / "deu.traineddata").read_bytes() == b"mine"


def test_the_program_is_never_a_script_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    program = find_program()
    assert program.parent != Path(sys.executable).parent
    assert program.read_bytes()[:4] == b"\x7fELF"


def test_the_systems_program_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tesseract"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_program() == program
