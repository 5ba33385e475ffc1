"""Items, their pages, texts and files: what is in, and who may see it."""

from catalog.copies import all_copies, file, files
from catalog.identities import reserve
from catalog.saving import hide, release, remove, save, set_access
from catalog.shelves import cards, collections, count, held, held_by_images, newest
from catalog.showing import get, image, tombstone, waiting
from catalog.texts import page_texts, text

__all__ = [
    "all_copies",
    "cards",
    "collections",
    "count",
    "file",
    "files",
    "get",
    "held",
    "held_by_images",
    "hide",
    "image",
    "newest",
    "page_texts",
    "release",
    "remove",
    "reserve",
    "save",
    "set_access",
    "text",
    "tombstone",
    "waiting",
]
