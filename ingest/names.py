"""What a file's name tells: its place in the order of pages, and whether it is a page, paperwork or litter.

Names are kept exactly as on disk (bytes that are not UTF-8 as surrogate escapes); only what people read is escaped.
"""

import re
import unicodedata
from pathlib import PurePosixPath
from posixpath import splitext

ACCEPTED = {
    **dict.fromkeys((".tif", ".tiff", ".ptif", ".btf", ".tf8"), "image/tiff"),
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), "image/jpeg"),
    ".png": "image/png",
    **dict.fromkeys((".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"), "image/jp2"),
    ".pdf": "application/pdf",
}
# Pictures that are no format for scans: they are meant as pages, so a rule says why not; left out they would be missed.
_REFUSED = frozenset(
    (
        *(".gif", ".bmp", ".dib", ".webp", ".heic", ".heif", ".avif", ".jxl", ".jxr", ".ico", ".svg", ".svgz", ".exr"),
        *(
            ".psd",
            ".psb",
            ".xcf",
            ".tga",
            ".ppm",
            ".pgm",
            ".pbm",
            ".pnm",
            ".pcx",
            ".eps",
            ".ps",
            ".ai",
            ".dcm",
            ".fits",
        ),
        *(".djvu", ".djv", ".dng", ".raw", ".nef", ".cr2", ".cr3", ".arw", ".orf", ".rw2"),
    )
)
_PAPERWORK_ENDINGS = (".mrc", ".marc", ".marcxml", ".mods", "mods.xml", "marc.xml", "mets.xml")
_LITTER = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "system volume information"))
_LITTER_STARTS = (".", "~$", "__macosx", "@eadir", "#recycle")
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"\xff\x4f\xff\x51")
_JP2_MAGIC = b"\0\0\0\x0cjP  \r\n\x87\n"
MAGIC_BYTES = len(_JP2_MAGIC)


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A key that sorts as people count: "page2" before "page10", folder by folder; a total order, ties by raw name.

    Extensions count last: "0012.tif" comes before "0012-1.tif", though the dot comes after the hyphen.
    """
    *folders, last = name.split("/")
    stem, extension = splitext(last)
    above = [piece for folder in folders for piece in (*_pieces(folder), (0, 0, ""))]
    # The end of a stem is not that of a folder, else the files of folder "a" would stand on both sides of "a.tif".
    return (*above, *_pieces(stem), (0, 1, ""), *_pieces(extension)), name


def _pieces(text: str) -> list[tuple[int, int, str]]:
    pieces = re.findall(r"[0-9]+|[^0-9]+", unicodedata.normalize("NFC", text).casefold())
    return [(1, int(piece), "") if piece[0] in "0123456789" else (2, 0, piece) for piece in map(_short, pieces)]


def _short(piece: str) -> str:
    # Python refuses to convert very long runs of digits; no file name on disk is longer than 255 bytes.
    return piece[:4000]


def folded(name: str) -> str:
    """The name as it is compared: composed and decomposed letters (NFC, NFD) are the same name to a person."""
    return unicodedata.normalize("NFC", name)


def shown(name: str) -> str:
    """The name as people may read it: control, direction and undecodable characters become escapes."""
    decoded = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(_escaped(character) for character in decoded)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
        return character.encode("unicode_escape").decode("ascii")
    return character


def is_text(name: str) -> bool:
    """True when the name is text; a name of other bytes than UTF-8 can stand in no JSON, XML or catalogue."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def is_litter(name: str) -> bool:
    """True for what systems leave behind and nobody misses: hidden files, Thumbs.db and the like."""
    last = PurePosixPath(name).name.casefold()
    return last in _LITTER or last.startswith(_LITTER_STARTS)


def suffix(name: str) -> str:
    """The extension in lower case with its dot, "" when there is none."""
    return PurePosixPath(name).suffix.lower()


def is_picture(name: str) -> bool:
    """True when the extension says that the file is meant as a page, in a format for scans or not."""
    return suffix(name) in ACCEPTED or suffix(name) in _REFUSED


def starts_like_a_scan(head: bytes) -> bool:
    """True when these first bytes of a file are those of TIFF, JPEG, PNG, JPEG 2000 or PDF."""
    return head.startswith((*_MAGIC, _JP2_MAGIC))


def is_paperwork(name: str) -> bool:
    """True for descriptions that are kept beside the masters: MARC, MODS and METS files."""
    return name.casefold().endswith(_PAPERWORK_ENDINGS)


def is_inside(name: str) -> bool:
    """True when the name stays in its folder: relative, without "..", drive letter, home or variable shortcut."""
    unified = name.replace("\\", "/")
    return (
        bool(unified)
        and not unified.startswith(("/", "~", "%"))
        and not re.match(r"[A-Za-z]:", unified)
        and ".." not in unified.split("/")
        and "\0" not in unified
    )
