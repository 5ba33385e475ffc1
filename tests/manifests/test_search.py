from core.text import Box
from manifests.search import SearchMatch, Slice, match_id, search1, search2

BASE = "https://scans.example.org"
PRESENTATION = f"{BASE}/iiif/presentation/3/i1"
MATCHES = [
    SearchMatch("p1", "Muth", "Habe ", " dich deines", Box(10, 20, 30, 12)),
    SearchMatch("p2", "Muthes", "", "", Box(1, 2, 3, 4)),
]
FIRST = f"{PRESENTATION}/annotations/p1/match/10,20,30,12"
SECOND = f"{PRESENTATION}/annotations/p2/match/1,2,3,4"


def test_the_answer_in_version_2() -> None:
    def found(name: str, text: str, target: str) -> dict[str, object]:
        body = {"type": "TextualBody", "value": text, "format": "text/plain"}
        return {"id": name, "type": "Annotation", "motivation": "supplementing", "body": body, "target": target}

    def context(name: str, prefix: str, exact: str, suffix: str) -> dict[str, object]:
        quote = {"type": "TextQuoteSelector", "prefix": prefix, "exact": exact, "suffix": suffix}
        return {
            "id": f"{name}/context",
            "type": "Annotation",
            "motivation": "contextualizing",
            "target": {"type": "SpecificResource", "source": name, "selector": [quote]},
        }

    assert search2("i1", BASE, "muth*", MATCHES) == {
        "@context": "http://iiif.io/api/search/2/context.json",
        "id": f"{BASE}/iiif/search/2/i1?q=muth%2A",
        "type": "AnnotationPage",
        "items": [
            found(FIRST, "Muth", f"{PRESENTATION}/canvas/p1#xywh=10,20,30,12"),
            found(SECOND, "Muthes", f"{PRESENTATION}/canvas/p2#xywh=1,2,3,4"),
        ],
        "annotations": [
            {
                "id": f"{BASE}/iiif/search/2/i1?q=muth%2A#context",
                "type": "AnnotationPage",
                "items": [context(FIRST, "Habe ", "Muth", " dich deines"), context(SECOND, "", "Muthes", "")],
            }
        ],
    }


def test_the_answer_in_version_1() -> None:
    service = f"{BASE}/iiif/search/1/i1?q=muth+dich"
    assert search1("i1", BASE, "muth dich", MATCHES[:1], ignored=["user"]) == {
        "@context": ["http://iiif.io/api/presentation/2/context.json", "http://iiif.io/api/search/1/context.json"],
        "@id": service,
        "@type": "sc:AnnotationList",
        "within": {"@type": "sc:Layer", "total": 1, "ignored": ["user"], "first": service, "last": service},
        "startIndex": 0,
        "resources": [
            {
                "@id": FIRST,
                "@type": "oa:Annotation",
                "motivation": "sc:painting",
                "resource": {"@type": "cnt:ContentAsText", "format": "text/plain", "chars": "Muth"},
                "on": f"{PRESENTATION}/canvas/p1#xywh=10,20,30,12",
            }
        ],
        "hits": [
            {
                "@type": "search:Hit",
                "annotations": [FIRST],
                "match": "Muth",
                "before": "Habe ",
                "after": " dich deines",
            }
        ],
    }


def test_nothing_found_is_an_answer() -> None:
    assert search2("i1", BASE, "x", []) == {
        "@context": "http://iiif.io/api/search/2/context.json",
        "id": f"{BASE}/iiif/search/2/i1?q=x",
        "type": "AnnotationPage",
        "items": [],
    }
    empty = search1("i1", BASE, "x", [])
    assert (empty["resources"], empty["hits"], empty["within"]["total"]) == ([], [], 0)


def test_a_long_answer_comes_in_parts() -> None:
    part = Slice(page=2, start=2, total=6, last=3)
    second = search2("i1", BASE, "x", MATCHES, part=part, ignored=["user"])
    address = f"{BASE}/iiif/search/2/i1?q=x"

    def page(suffix: str) -> dict[str, str]:
        return {"id": f"{address}{suffix}", "type": "AnnotationPage"}

    assert (second["id"], second["startIndex"], second["ignored"]) == (f"{address}&page=2", 2, ["user"])
    assert (second["prev"], second["next"]) == (page(""), page("&page=3"))
    assert second["partOf"] == [
        {
            "id": f"{address}#all",
            "type": "AnnotationCollection",
            "total": 6,
            "first": page(""),
            "last": page("&page=3"),
        }
    ]
    old = search1("i1", BASE, "x", MATCHES, part=part)
    address1 = address.replace("/2/", "/1/")
    assert (old["@id"], old["startIndex"]) == (f"{address1}&page=2", 2)
    assert (old["prev"], old["next"]) == (address1, f"{address1}&page=3")
    assert old["within"]["total"] == 6


def test_both_versions_name_a_match_alike() -> None:
    name = match_id("i1", BASE, MATCHES[0])
    assert search2("i1", BASE, "q", MATCHES)["items"][0]["id"] == name
    assert search1("i1", BASE, "q", MATCHES)["resources"][0]["@id"] == name
