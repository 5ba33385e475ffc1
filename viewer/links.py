"""Addresses by the hundred: the same as `url_for` makes, each endpoint's pattern worked out once.

A page of results has some three hundred addresses, and Flask's own way would take a third of the time of the answer.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import request, url_for

SAFE = "!$&'()*+,/:;=@"  # what werkzeug leaves as it is in a path, and below in arguments
PLAIN = re.compile(r"[A-Za-z0-9.,]*")  # ids, sizes and regions: most values of all
SAFE_IN_QUERY = "!$'()*,/:;?@"
MARK = "0{}0"  # stands for a value while a pattern is made; letters and digits alone are never quoted


def link(endpoint: str, **values: str) -> str:
    """The address of a view function of this application."""
    pattern = _pattern(request.script_root, endpoint, tuple(values))
    return pattern.format_map({name: _quoted(value) for name, value in values.items()})


def with_query(address: str, query: Mapping[str, str]) -> str:
    """The address with these arguments, as they were when there are none."""
    return f"{address}?{_encoded(tuple(query.items()))}" if query else address


@lru_cache(maxsize=256)  # every address of a page of results carries the same question
def _encoded(arguments: tuple[tuple[str, str], ...]) -> str:
    return urlencode(arguments, safe=SAFE_IN_QUERY)


def _quoted(value: str) -> str:
    return value if PLAIN.fullmatch(value) else quote(value, safe=SAFE)


@lru_cache(maxsize=256)
def _pattern(_script_root: str, endpoint: str, names: tuple[str, ...]) -> str:
    """The address with a field for each value; under another root of the application it is another one."""
    fields: dict[str, Any] = {name: MARK.format(name) for name in names}
    made = url_for(endpoint, **fields)
    made = made.replace("{", "{{").replace("}", "}}")
    for name in names:
        made = made.replace(MARK.format(name), f"{{{name}}}")
    return made
