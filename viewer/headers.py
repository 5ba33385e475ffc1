"""The headers of every answer: what a browser may load, who may embed us, and what caches may keep."""

from flask import Flask, Response, request

from viewer.people import is_staff

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OPEN_TO_OTHERS = frozenset({"iiif", "images", "files", "thumbnails"})
CACHED = frozenset({"static"})


ANYWHERE = ("Access-Control-Allow-Origin", "*")


def for_everybody() -> tuple[tuple[str, str], ...]:
    """The headers of an answer for machines, but for those about keeping it."""
    return *ALWAYS.items(), ANYWHERE


def put_headers(app: Flask) -> None:
    """Nothing; every answer of the application carries its headers from now on."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """The answer with its headers; what a view has set itself is left."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.blueprint in OPEN_TO_OTHERS:
        response.headers.setdefault(*ANYWHERE)
    if request.endpoint not in CACHED:
        response.headers.setdefault("Cache-Control", "no-store" if is_staff() else "no-cache")
    return response
