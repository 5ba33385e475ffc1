"""One thing that `muniment doctor` tried."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """Its name, whether it is as it must be, and a sentence that ends in what to do when it is not."""

    name: str
    ok: bool
    sentence: str
