"""The outgoing heartbeat: a watch service elsewhere hears of each audit that proved something, and misses the rest."""

from contextlib import suppress
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from workflow.workshop import Workshop

SECONDS = 10
AGENT = "Muniment"


def beat(shop: Workshop) -> str:
    """What went wrong, in a sentence that is kept until a later beat is heard; "" when all is well."""
    url = shop.settings.heartbeat_url
    trouble = _fetched(url) if url else ""
    if trouble:
        shop.home.heartbeat_trouble.write_text(trouble, encoding="utf-8")
    else:
        shop.home.heartbeat_trouble.unlink(missing_ok=True)
    return trouble


def trouble(shop: Workshop) -> str:
    """What went wrong with the last beat; "" when nothing did, or none is wanted any more."""
    if shop.settings.heartbeat_url:
        with suppress(FileNotFoundError):
            return shop.home.heartbeat_trouble.read_text(encoding="utf-8")
    return ""


def _fetched(url: str) -> str:
    host = urlsplit(url).hostname  # the rest of the address is often the key to the watch service
    request = Request(url, headers={"User-Agent": AGENT})  # noqa: S310 - Settings takes http and https only
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            answer.read(1)
    except (OSError, HTTPException, ValueError) as error:
        reason = f"status {error.code}" if isinstance(error, HTTPError) else str(getattr(error, "reason", error))
        return f'The watch service at "{host}" did not hear the heartbeat ({reason}): look into MUNIMENT_HEARTBEAT_URL.'
    return ""
