"""How much address space this process may still take."""

import resource
from pathlib import Path


def demand(size: int, what: str) -> None:
    """Nothing when `size` bytes may still be taken; asked before a library that calls its want of memory damage.

    Raises:
        MemoryError: they may not.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    if pages * resource.getpagesize() + size > limit:
        raise MemoryError(f"{what} needs {size >> 20} MB more than the {limit >> 20} MB allowed leave")
