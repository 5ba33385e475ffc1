"""Who is asking: login, logout, and what staff alone may do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from catalog import people
from catalog.values import Person
from viewer.backoff import Backoff
from viewer.house import house

blueprint = Blueprint("people", __name__)
FIRST = "admin"  # the name under which the first start makes the first administrator
STAFF_ROLES = frozenset({"archivist", "steward", "administrator"})
WRONG = "Name and password do not belong together: try again, or ask your administrator."
P = ParamSpec("P")
R = TypeVar("R")


class Visitor(UserMixin):  # type: ignore[misc]
    """A person with a session, as Flask-Login wants to see one."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.id = person.agent_id

    @property
    def staff(self) -> bool:
        """True for everybody who works here; the role "reader" has a login and nothing else."""
        return self.person.role in STAFF_ROLES


def open_doors(app: Flask) -> None:
    """Nothing; the application knows its visitors from now on."""
    manager = LoginManager(app)
    manager.session_protection = None  # the address of a telephone changes while its owner walks
    manager.user_loader(find_visitor)
    app.extensions["muniment-backoff"] = Backoff()
    app.context_processor(lambda: {"staff": is_staff(), "visitor": current_user})


def find_visitor(agent_id: str) -> Visitor | None:
    """The person of this session, unless they were disabled since."""
    person = people.find(house().catalog, agent_id)
    return None if person is None or person.disabled else Visitor(person)


def is_staff() -> bool:
    """True when the present visitor is logged in and works here."""
    return isinstance(current_user._get_current_object(), Visitor) and current_user.staff


def agent() -> str:
    """The opaque id of the person logged in."""
    return str(current_user.id)


def for_staff(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """The view, for staff only: a stranger is asked to log in, a reader is told that there is nothing here."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        if is_staff():
            return view(*args, **kwargs)
        if current_user.is_authenticated or request.method != "GET":
            abort(403)
        return redirect(url_for("people.login", next=request.full_path.rstrip("?")))

    return guarded


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form."""
    return render_template("login.html", name="", wrong="", onward=safe_path(request.args.get("next", "")))


@blueprint.post("/login")
def log_in() -> ResponseReturnValue:
    """Where the visitor wanted to go, or the form with a sentence saying what was wrong."""
    name, onward = request.form.get("name", "").strip(), safe_path(request.form.get("next", ""))
    wait = backoff().seconds(name)
    if wait:
        return refuse(name, onward, f"Several passwords for this name were wrong: wait {wait} s, then try again.", 429)
    person = people.authenticate(house().catalog, name, request.form.get("password", ""))
    if person is None or person.disabled:
        backoff().failed(name)
        return refuse(name, onward, WRONG, 401)
    backoff().succeeded(name)
    login_user(Visitor(person))
    if person.name == FIRST:
        forget_first_password()
    return redirect(onward or url_for("desk.inbox" if is_staff() else "reading.home"), 303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """The home page, as everybody sees it."""
    logout_user()
    return redirect(url_for("reading.home"), 303)


def refuse(name: str, onward: str, sentence: str, status: int) -> ResponseReturnValue:
    """The form once more."""
    return render_template("login.html", name=name, wrong=sentence, onward=onward), status


def backoff() -> Backoff:
    """The memory of wrong passwords of this application."""
    found = current_app.extensions["muniment-backoff"]
    assert isinstance(found, Backoff)
    return found


def safe_path(onward: str) -> str:
    """The path to go to after the login when it lies in this house, else ""."""
    inside = onward.startswith("/") and not onward.startswith(("//", "/\\"))
    return onward if inside and onward.isprintable() else ""


def forget_first_password() -> None:
    """Nothing; the file with the first password is gone once it has been used."""
    file = house().config.first_password_file
    if file is not None:
        file.unlink(missing_ok=True)
