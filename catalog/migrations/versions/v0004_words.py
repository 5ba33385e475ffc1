"""Words and boxes in a form of which a search reads only what it shows."""

import json
import zlib
from array import array
from itertools import islice
from struct import Struct
from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.packing import FORM, pack
from core.text import Block, Box, Engine, Line, PageText, Word

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HEAD = Struct("<II")
PORTION = 50  # pages held at a time: one of a newspaper may take 400 kilobytes


def upgrade() -> None:
    bind, last = op.get_bind(), -1
    query = sa.text("SELECT row, words FROM page_texts WHERE row > :last ORDER BY row LIMIT :portion")
    while rows := bind.execute(query, {"last": last, "portion": PORTION}).all():
        last = rows[-1].row
        # The step before this one packs by today's rule, so that some may be in this form already.
        anew = [{"of": row, "words": pack(_page(words))} for row, words in rows if not words.startswith(FORM)]
        if anew:
            bind.execute(sa.text("UPDATE page_texts SET words = :words WHERE row = :of"), anew)


def _page(packed: bytes) -> PageText:
    """A text as the third form of this table has it: words, boxes by columns and the rest, each compressed."""
    first, second = HEAD.unpack_from(packed)
    middle = HEAD.size + first
    front, data = _read(packed[HEAD.size : middle]), _read(packed[middle + second :])
    places = array("i", zlib.decompress(packed[middle : middle + second]))
    number = len(front["words"])
    columns = [places[start : start + number] for start in range(0, 4 * number, number or 1)]
    words = map(Word, front["words"], map(Box, *columns) if columns else (), data["sure"])
    lines = (Line(Box(*box), tuple(islice(words, held))) for *box, held in data["lines"])
    (width, height), told = data["size"], data["engine"]
    return PageText(
        width=width,
        height=height,
        blocks=tuple(Block(Box(*box), tuple(islice(lines, held))) for box, held in data["blocks"]),
        languages=tuple(data["languages"]),
        engine=Engine(told[0], told[1], tuple((name, digest) for name, digest in told[2])) if told else None,
    )


def _read(part: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(zlib.decompress(part).decode("utf-8", "surrogatepass"))
    return data


def downgrade() -> None:
    """There is none: what was packed anew is not packed back."""
    raise NotImplementedError("The catalogue cannot go back to its third form: restore its backup.")
