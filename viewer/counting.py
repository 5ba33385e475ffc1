"""How many pictures were asked for, by the door that answered and how the answer ended."""

import threading
from collections import Counter

from flask import Flask, Response, current_app, request

KEY = "muniment-counts"
COUNTED = "images.image"


class Counts:
    """Answers of the image service since the process started. Safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, int]] = Counter()

    def add(self, door: str, status: int) -> None:
        """Nothing; one more answer is counted."""
        with self._lock:
            self._answers[door, status] += 1

    def answers(self) -> list[tuple[tuple[str, int], int]]:
        """Door and status of the answers, and how many there were."""
        with self._lock:
            return sorted(self._answers.items())

    def lines(self) -> str:
        """The figures in the text format of Prometheus."""
        name = "muniment_image_answers_total"
        told = "".join(f'{name}{{door="{door}",status="{code}"}} {count}\n' for (door, code), count in self.answers())
        return f"# HELP {name} Pictures asked for, by door and status.\n# TYPE {name} counter\n{told}"


def put_counts(app: Flask) -> Counts:
    """The counts of the application, which counts its own pictures from now on."""
    made = app.extensions[KEY] = Counts()

    def count(response: Response) -> Response:
        if request.endpoint == COUNTED:
            made.add("application", response.status_code)
        return response

    app.after_request(count)
    return made


def counts() -> Counts:
    """The counts of the application that answers the present request."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Counts)
    return found
