import iiif_prezi3

from manifests.collections import build_collection

BASE = "https://scans.example.org"
ROOT = f"{BASE}/iiif/presentation/3/collection"


def test_a_collection_in_full() -> None:
    items = [("f38zg8w7qkwv", "Kant", "page1.2"), ("b", "", "")]
    assert build_collection("Bücher/A b", "A b", items, [("Bücher/A b/c", "C")], BASE, about="Old") == {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{ROOT}/B%C3%BCcher/A%20b",
        "type": "Collection",
        "label": {"none": ["A b"]},
        "summary": {"none": ["Old"]},
        "homepage": [
            {
                "id": f"{BASE}/collections/B%C3%BCcher/A%20b",
                "type": "Text",
                "format": "text/html",
                "label": {"none": ["A b"]},
                "language": ["en"],
            }
        ],
        "partOf": [{"id": f"{ROOT}/B%C3%BCcher", "type": "Collection"}],
        "items": [
            {"id": f"{ROOT}/B%C3%BCcher/A%20b/c", "type": "Collection", "label": {"none": ["C"]}},
            {
                "id": f"{BASE}/iiif/presentation/3/f38zg8w7qkwv/manifest",
                "type": "Manifest",
                "label": {"none": ["Kant"]},
                "thumbnail": [
                    {
                        "id": f"{BASE}/thumbs/page1.2.jpg",
                        "type": "Image",
                        "format": "image/jpeg",
                    }
                ],
            },
            {"id": f"{BASE}/iiif/presentation/3/b/manifest", "type": "Manifest", "label": {"none": ["b"]}},
        ],
    }


def test_the_models_of_iiif_prezi3_take_it_whole() -> None:
    whole = build_collection("Books", "Books", [("a", "A", "p.1"), ("b", "", "")], [("Books/c", "C")], BASE)
    iiif_prezi3.Collection(**{name: value for name, value in whole.items() if name != "@context"})


def test_the_collection_of_everything_has_no_parent() -> None:
    everything = build_collection("", "The house", [], [("Books", "Books")], BASE)
    assert everything["id"] == ROOT
    assert everything["homepage"][0]["id"] == f"{BASE}/"
    assert "partOf" not in everything


def test_a_collection_at_the_top_belongs_to_everything() -> None:
    assert build_collection("Books", "Books", [], [], BASE)["partOf"] == [{"id": ROOT, "type": "Collection"}]
