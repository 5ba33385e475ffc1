"""The texts of an item's pages, read when they are asked for: a book's all at once would fill the memory."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from core.text import PageText
from ocr.alto import read_alto


class Texts(Mapping[str, PageText]):
    """By page id, from the ALTO files at these paths; only the last that was asked for is kept. For one thread."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self._last: tuple[str, PageText] | None = None

    def __getitem__(self, page_id: str) -> PageText:
        if self._last is None or self._last[0] != page_id:
            self._last = (page_id, read_alto(self._paths[page_id].read_bytes()))
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, page_id: object) -> bool:
        return page_id in self._paths
