"""Station 7: the IIIF manifest of an item as a file, made once and served many times.

The public address is not known here and may change: a placeholder stands for it until the manifest is served.
"""

import json
import os
from collections.abc import Collection

from core.item import Item
from manifests.addresses import PLACEHOLDER
from manifests.manifest import build_manifest
from workflow.homes import Home


def write_manifest(home: Home, item: Item, texts: Collection[str]) -> None:
    """Writes the item's manifest whole or not at all; `texts` are the ids of pages that have a text."""
    home.manifests.mkdir(parents=True, exist_ok=True)
    path = home.manifests / f"{item.id}.json"
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(build_manifest(item, PLACEHOLDER, texts=texts), ensure_ascii=False))
    new.replace(path)
