"""How far a batch is, as Prefect's own pages show it."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.futures import PrefectFuture, as_completed

SECONDS = 5.0  # between two messages to the server


class Progress:
    """One progress artifact for all pages of a batch."""

    def __init__(self, batch_id: str, *, pages: int) -> None:
        self._pages = max(pages, 1)
        self._told = time.monotonic()
        self._artifact: Any = create_progress_artifact(
            progress=0.0, key=f"batch-{batch_id}", description=f"Pages read of {pages}"
        )

    def follow(self, pages: Mapping[PrefectFuture[Any], int]) -> None:
        """Waits for all tasks, each with so many pages, and tells the server every few seconds and at the end."""
        done = 0
        for future in as_completed(list(pages)):
            done += pages[future]
            if done == self._pages or time.monotonic() - self._told >= SECONDS:
                update_progress_artifact(artifact_id=UUID(str(self._artifact)), progress=100.0 * done / self._pages)
                self._told = time.monotonic()
