import pytest

from ingest.rights import named_uri, recognised_uri

BY = "http://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", BY),
        (" http://creativecommons.org/licenses/by/4.0 ", BY),
        ("https://www.creativecommons.org/licenses/by/4.0/deed.de", BY),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", BY),
        (
            "https://creativecommons.org/licenses/by-nc-sa/3.0/at/",
            "http://creativecommons.org/licenses/by-nc-sa/3.0/at/",
        ),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "http://creativecommons.org/publicdomain/mark/1.0/"),
        ("https://creativecommons.org/publicdomain/zero/1.0", "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://rightsstatements.org/vocab/InC/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("http://rightsstatements.org/page/noc-us/1.0/?language=en", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
    ],
)
def test_addresses_are_written_as_iiif_wants_them(written: str, uri: str) -> None:
    assert recognised_uri(written) == uri
    assert recognised_uri(uri) == uri


@pytest.mark.parametrize(
    "written",
    [
        "http://rightsstatements.org/vocab/XYZ/1.0/",
        "https://creativecommons.org/licenses/by/9.0/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        f"see {BY}",
        "https://example.org/licence",
        "javascript:alert(1)",
        "",
    ],
)
def test_other_addresses_are_not_recognised(written: str) -> None:
    assert recognised_uri(written) is None


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("CC BY 4.0", BY),
        ("CC-BY 4.0", BY),
        ("cc-by-4.0", BY),
        ("Creative Commons Attribution 4.0 International", BY),
        ("CC BY-SA 3.0", "http://creativecommons.org/licenses/by-sa/3.0/"),
        ("CC BY-NC-ND 4.0", "http://creativecommons.org/licenses/by-nc-nd/4.0/"),
        ("Attribution-NonCommercial-ShareAlike 4.0 International", "http://creativecommons.org/licenses/by-nc-sa/4.0/"),
        ("CC0", "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", "http://creativecommons.org/publicdomain/mark/1.0/"),
        ("In Copyright", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("No Known Copyright", "http://rightsstatements.org/vocab/NKC/1.0/"),
        ("No Copyright – United States", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
    ],
)
def test_names_that_mean_one_thing(written: str, uri: str) -> None:
    assert named_uri(written) == uri


@pytest.mark.parametrize(
    "written",
    [
        "Public domain",
        "Public domain (US government)",
        "MIT",
        "CC BY",
        "CC BY 4.5",
        "free",
        "CC BY 4.0 but not the images",
        "",
    ],
)
def test_other_words_are_never_turned_into_an_address(written: str) -> None:
    assert named_uri(written) is None
