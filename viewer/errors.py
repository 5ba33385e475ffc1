"""What people see when something is not there or went wrong: a sentence and the next step, never a trace."""

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.errors import MunimentError
from viewer.access import MACHINES
from viewer.people import is_staff

SENTENCES = {
    400: "The request could not be understood: go back and try again.",
    403: "This is for staff only: log in with a name that may do it.",
    404: "There is nothing at this address. It may be mistyped, or not published: try the search.",
    405: "This address does not take that kind of request.",
    413: "That was too much at once.",
    503: "This part of the house is just starting: the page will load itself again.",
}
OTHER = "Something went wrong on our side: try again in a moment, and tell us if it happens again."
STALE_FORM = "The form was open for too long or came from another page: go back, load the page again, and repeat it."


def put_error_pages(app: Flask) -> None:
    """Nothing; the application answers errors in sentences from now on."""
    app.register_error_handler(CSRFError, lambda _: page(400, STALE_FORM))
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(MunimentError, lambda error: page(500, told(error, OTHER)))


def on_http(error: HTTPException) -> ResponseReturnValue:
    """The page of a status; an answer that a view has made itself is left as it is."""
    if error.response is not None:
        return error.response
    return page(error.code or 500, SENTENCES.get(error.code or 500, OTHER))


def told(error: MunimentError, neutral: str) -> str:
    """What the error says for staff, the neutral sentence for readers; the log keeps what it says for the operator."""
    current_app.logger.error("%s", error)
    return str(error) if is_staff() else neutral


def page(code: int, sentence: str) -> ResponseReturnValue:
    """A page for people, a line of text for machines."""
    if request.blueprint in MACHINES:
        return Response(f"{sentence}\n", status=code, content_type="text/plain; charset=utf-8")
    return render_template("error.html", code=code, sentence=sentence), code
