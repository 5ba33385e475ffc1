"""`muniment export`: a way out, from whichever store has a good copy."""

from pathlib import Path

from catalog import items
from core.errors import ConfigurationError, NotFoundError, StorageError
from storage.export import export_bag, export_ocfl
from storage.layout import object_id
from workflow.workshop import Workshop

FORMS = {"bag": export_bag, "ocfl": export_ocfl}


def export(shop: Workshop, item: str, destination: Path, *, form: str) -> Path:
    """Where the item was written, every byte verified on the way, with a verifier that needs nothing but Python.

    Raises:
        NotFoundError: there is no such item.
        ConfigurationError: the form is neither "bag" nor "ocfl".
        StorageError: no store has a good copy, or the place is taken; nothing was written.
    """
    if form not in FORMS:
        raise ConfigurationError(f'"{form}" is no form of export: use --as bag or --as ocfl.')
    if items.get(shop.catalog, item) is None:
        raise NotFoundError(f'There is no item "{item}": look at `muniment status` for what there is.')
    for store in shop.stores[:-1]:
        try:
            return FORMS[form](store, object_id(item), destination)
        except StorageError:
            continue  # the next store's copy may be the good one
    return FORMS[form](shop.stores[-1], object_id(item), destination)
