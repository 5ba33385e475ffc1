"""A font without shapes: it gives invisible text its characters and widths, and nothing to draw.

Each document gets its own: one code for each character that occurs, so that characters beyond the first 65,536 and
marks put together from several code points come out of the PDF as they went in.
Sources: ISO 32000-1, 9.7 (composite fonts) and 9.10.3 (ToUnicode); OpenType 1.9 (the tables of a TrueType file).
"""

import struct
from collections.abc import Iterable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

UNITS_PER_EM = 1000
ADVANCE = 500  # every character is half as wide as the font is high
MAX_CHARACTERS = 65_000
_NAME = "Muniment-Glyphless"
_CODES_A_SECTION = 100  # more are not allowed between beginbfchar and endbfchar


def codes_for(texts: Iterable[str]) -> dict[str, int]:
    """A code from 1 for each character of the texts, in the order of Unicode: the same texts give the same codes.

    Characters beyond `MAX_CHARACTERS` different ones have no code.
    """
    characters = sorted({character for text in texts for character in text})
    return {character: code for code, character in enumerate(characters[:MAX_CHARACTERS], 1)}


def make_font(pdf: Pdf, codes: dict[str, int]) -> pikepdf.Object:
    """The font as an object of the document, to be used with two bytes a code, high byte first."""
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{_NAME}"),
        Flags=5,  # fixed pitch, symbolic
        FontBBox=Array([0, 0, ADVANCE, UNITS_PER_EM]),
        ItalicAngle=0,
        Ascent=UNITS_PER_EM,
        Descent=0,
        CapHeight=UNITS_PER_EM,
        StemV=80,
        FontFile2=pdf.make_indirect(_stream(pdf, true_type(), Length1=len(true_type()))),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{_NAME}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=_stream(pdf, bytes(2 * (len(codes) + 1))),  # every code is drawn by the one empty glyph
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{_NAME}"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=_stream(pdf, to_unicode(codes)),
    )
    return pdf.make_indirect(font)


def _stream(pdf: Pdf, data: bytes, **entries: int) -> Stream:
    return Stream(pdf, data, Dictionary({f"/{name}": value for name, value in entries.items()}))


def to_unicode(codes: dict[str, int]) -> bytes:
    """The CMap that tells a reader which character each code stands for."""
    pairs = [f"<{code:04x}> <{_utf_16(character)}>" for character, code in codes.items()]
    sections = [pairs[start : start + _CODES_A_SECTION] for start in range(0, len(pairs), _CODES_A_SECTION)]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
    ]
    for section in sections:
        lines += [f"{len(section)} beginbfchar", *section, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def _utf_16(character: str) -> str:
    return character.encode("utf-16-be", "surrogatepass").hex()


def true_type() -> bytes:
    """A TrueType file with one glyph that has a width and no outline."""
    head = struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x00010000, 0x00010000, 0, 0x5F0F3CF5),
        *(0, UNITS_PER_EM, 0, 0),
        *(0, 0, ADVANCE, UNITS_PER_EM),
        *(0, 8, 2, 0, 0),
    )
    hhea = struct.pack(">IhhhHhhhhhhhhhhhH", 0x00010000, UNITS_PER_EM, 0, 0, ADVANCE, 0, 0, ADVANCE, 1, *[0] * 7, 1)
    maxp = struct.pack(">IH13H", 0x00010000, 1, 0, 0, 0, 0, 1, *[0] * 8)
    tables = {
        b"glyf": bytes(4),
        b"head": head,
        b"hhea": hhea,
        b"hmtx": struct.pack(">Hh", ADVANCE, 0),
        b"loca": bytes(4),
        b"maxp": maxp,
    }
    return _assembled(tables)


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    place = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", checksum, place + len(body), len(table))
        body += padded
    return struct.pack(">IHHHH", 0x00010000, len(tables), 64, 2, 32) + directory + body
