"""From the little markup of `texts/newspaper-*.txt` to blocks of type (the marks are told in README.md)."""

from dataclasses import dataclass

from PIL import Image

from samples.fonts import TypeCase
from samples.lines import Line, balance, justify
from samples.sheet import Block, Cut, Mark, Rule, Word, centred

BODY, LEADING = 47, 54


@dataclass(frozen=True, slots=True)
class Compositor:
    """Sets blocks for a column of `width` pixels; `cuts` are the pictures that the text may name."""

    case: TypeCase
    width: float
    cuts: dict[str, Image.Image]

    def column(self, text: str) -> list[Block]:
        """The blocks of one column, in order."""
        blocks: list[Block] = []
        for source in text.strip().split("\n\n"):
            follows_head = bool(blocks) and blocks[-1].above < 0
            block = self.block(source.strip(), first=not blocks)
            if follows_head and block.above == 0:
                block.above = 12
            blocks.append(block)
        for block in blocks:
            block.above = abs(block.above)
        return blocks

    def block(self, source: str, *, first: bool) -> Block:
        """One block; a negative `above` says that it is a head, and what follows keeps a little away."""
        mark, _, rest = source.partition(" ")
        match mark.split("\n")[0]:
            case "#":
                return self._head(rest, first=first)
            case "##":
                return self._lines(rest, "italic", 45, 52, above=-14)
            case "$":
                return self._lines(rest, "caslon", 80, 96, above=0)
            case ">":
                return self._lines(rest, "caslon", 38, 46, above=10)
            case "---":
                middle = self.width / 2
                return Block(3, [Rule((middle - 90, 0, middle + 90, 2))], above=26)
            case "[cut]":
                return self._cut(*rest.split("\n", 1))
            case "[ad]":
                return self._advertisement(source.splitlines()[1:])
            case "[score]" | "[table]":
                return self._rows(source.splitlines())
            case "_":
                return self._verse([line.removeprefix("_ ") for line in source.splitlines()])
            case _:
                return self._paragraph(source)

    def _paragraph(self, text: str) -> Block:
        font, indent = self.case.at("roman", BODY), 38.0
        block = Block(0)
        for number, line in enumerate(justify(typographic(text), font, self.width, indent)):
            x = indent if number == 0 else 0.0
            block.marks += self._spread(line, x, block.height + LEADING * 0.78)
            block.lines.append(line.text)
            block.height += LEADING
        return block

    def _spread(self, line: Line, x: float, y: float) -> list[Mark]:
        font = self.case.at("roman", BODY)
        ink = sum(font.getlength(word) for word in line.words)
        gap = font.getlength(" ")
        if len(line.words) > 1 and (not line.last or ink + gap * (len(line.words) - 1) > self.width - x):
            gap = (self.width - x - ink) / (len(line.words) - 1)
        marks: list[Mark] = []
        for word in line.words:
            marks.append(Word(x, y, word, font))
            x += font.getlength(word) + gap
        return marks

    def _head(self, text: str, *, first: bool) -> Block:
        face, size, leading = ("gothic", 112, 116) if first else ("bold", 52, 58)
        return self._lines(text, face, size, leading, above=-30)

    def _lines(self, text: str, face: str, size: int, leading: int, *, above: float) -> Block:
        font = self.case.at(face, size)
        block = Block(0, above=above)
        for line in balance(typographic(text), font, self.width):
            row = centred(line.text, font, self.width, leading)
            block.marks += [Word(m.x, m.y + block.height, m.text, m.font) for m in row.marks if isinstance(m, Word)]
            block.lines += row.lines
            block.height += leading
        return block

    def _verse(self, lines: list[str]) -> Block:
        font = self.case.at("italic", 41)
        indent = (self.width - max(font.getlength(line) for line in lines)) / 2
        marks: list[Mark] = [Word(indent, LEADING * (n + 0.78), line, font) for n, line in enumerate(lines)]
        return Block(LEADING * len(lines), marks, lines, above=14)

    def _rows(self, sources: list[str]) -> Block:
        """Rows of a table: the first cell to the left, the others in even steps, each flush right."""
        font, block = self.case.at("roman", 40), Block(0, above=14)
        for source in sources:
            first, *others = [cell.strip() for cell in source.split("]", 1)[1].split("|")]
            y = block.height + LEADING * 0.78
            block.marks.append(Word(0, y, first, font))
            for n, cell in enumerate(others):
                right = self.width - 126 * (len(others) - 1 - n)
                block.marks.append(Word(right - font.getlength(cell), y, cell, font))
            block.lines.append(" ".join([first, *others]))
            block.height += LEADING
        return block

    def _cut(self, name: str, caption: str) -> Block:
        plate = self.cuts[name]
        words = self._lines(caption, "italic", 37, 44, above=0)
        left, edge = (self.width - plate.width) / 2, plate.height + 12
        marks: list[Mark] = [Cut(left, 0, plate)]
        marks += [Word(m.x, m.y + edge, m.text, m.font) for m in words.marks if isinstance(m, Word)]
        return Block(edge + words.height + 4, marks, words.lines)

    def _advertisement(self, lines: list[str]) -> Block:
        block = Block(58, above=24)
        for line in lines:
            face, size, leading, text = _display(line)
            font = self.case.at(face, size)
            while font.getlength(text) > self.width - 70:
                size -= 2
                font = self.case.at(face, size)
            row = centred(typographic(text), font, self.width, leading)
            block.marks += [Word(m.x, m.y + block.height, m.text, m.font) for m in row.marks if isinstance(m, Word)]
            block.lines += row.lines
            block.height += leading
        block.height += 52
        block.marks += _frame(self.width, block.height)
        return block


def typographic(text: str) -> str:
    """The text with printers' quotation marks, white space folded."""
    words = " ".join(text.split()).replace("--", "—")
    marked = "".join(
        ("“" if index == 0 or words[index - 1] in " (" else "”") if letter == '"' else letter
        for index, letter in enumerate(words)
    )
    return marked.replace("'", "’")


def _display(line: str) -> tuple[str, int, int, str]:
    if line.startswith("** "):
        return "caslon", 66, 92, line[3:]
    if line.startswith("* "):
        return "fat", 112, 128, line[2:]
    return ("bold", 38, 62, line) if line.isupper() else ("roman", 44, 58, line)


def _frame(width: float, height: float) -> list[Mark]:
    marks: list[Mark] = []
    for inset, thick in ((0.0, 5.0), (11.0, 1.0)):
        right, bottom = width - inset - 1, height - inset - 1
        marks += [Rule((inset, inset, right, inset + thick)), Rule((inset, bottom - thick, right, bottom))]
        marks += [Rule((inset, inset, inset + thick, bottom)), Rule((right - thick, inset, right, bottom))]
    return marks
