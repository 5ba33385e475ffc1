import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.dates import edtf_or_empty


@pytest.mark.parametrize(
    "written", ["1905-03-25", "1784", "16XX", "1905~", "[1856..1860]", "1905/1910", "1905-03", "-0500", "1984?"]
)
def test_edtf_is_kept(written: str) -> None:
    assert edtf_or_empty(f" {written} ") == written


@pytest.mark.parametrize(
    "written",
    ["", "about 1905", "25.3.1905", "1905-02-30", "1905-13", "18th century", "1" * 101, "1905\x00", "１９０５"],
)
def test_anything_else_is_no_date(written: str) -> None:
    assert edtf_or_empty(written) == ""


@settings(max_examples=60, deadline=None)
@given(st.text("0123456789XuyY~?%/.[]{},-:TZ ES", max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert edtf_or_empty(text) in ("", text.strip())
