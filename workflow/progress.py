"""How far a batch is, as Prefect's own pages show it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.futures import PrefectFuture, as_completed

STEP = 5.0  # percent between two messages to the server


class Progress:
    """One progress artifact for all pages of a batch."""

    def __init__(self, batch_id: str, *, pages: int) -> None:
        self._pages = max(pages, 1)
        self._done = 0
        self._told = 0.0
        self._artifact: Any = create_progress_artifact(
            progress=0.0, key=f"batch-{batch_id}", description=f"Pages read of {pages}"
        )

    def follow(self, futures: Sequence[PrefectFuture[Any]]) -> None:
        """Waits for all pages and tells the server every few percent."""
        for _ in as_completed(list(futures)):
            self._done += 1
            percent = 100.0 * self._done / self._pages
            if percent - self._told >= STEP or self._done == self._pages:
                update_progress_artifact(artifact_id=UUID(str(self._artifact)), progress=percent)
                self._told = percent
