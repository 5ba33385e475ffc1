"""Names of languages in English, and which way their pages turn."""

from collections.abc import Sequence

_NAMES = {
    "af": "Afrikaans",
    "ang": "Old English",
    "ar": "Arabic",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "br": "Breton",
    "ca": "Catalan",
    "cop": "Coptic",
    "cs": "Czech",
    "cu": "Church Slavonic",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "dsb": "Lower Sorbian",
    "el": "Greek",
    "en": "English",
    "enm": "Middle English",
    "eo": "Esperanto",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "frm": "Middle French",
    "fro": "Old French",
    "fy": "Frisian",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "gl": "Galician",
    "gmh": "Middle High German",
    "goh": "Old High German",
    "grc": "Ancient Greek",
    "gsw": "Swiss German",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hsb": "Upper Sorbian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "ko": "Korean",
    "la": "Latin",
    "lb": "Luxembourgish",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ms": "Malay",
    "mt": "Maltese",
    "nb": "Norwegian (Bokmål)",
    "nds": "Low German",
    "nl": "Dutch",
    "nn": "Norwegian (Nynorsk)",
    "no": "Norwegian",
    "oc": "Occitan",
    "ota": "Ottoman Turkish",
    "pl": "Polish",
    "pt": "Portuguese",
    "rm": "Romansh",
    "ro": "Romanian",
    "ru": "Russian",
    "sa": "Sanskrit",
    "sco": "Scots",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "syr": "Syriac",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "yi": "Yiddish",
    "zh": "Chinese",
}
_SCRIPTS = {
    "arab": "Arabic script",
    "cyrl": "Cyrillic",
    "grek": "Greek script",
    "hebr": "Hebrew script",
    "latf": "Fraktur",
    "latn": "Latin script",
}
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ota", "syr", "ur", "yi"}
_RIGHT_TO_LEFT_SCRIPTS = {"arab", "hebr", "syrc"}


def name(tag: str) -> str:
    """The English name of a BCP 47 tag, its script or region in brackets; the tag itself when it is not in the table.

    `de-Latf` is "German (Fraktur)", `de-AT` is "German (AT)".
    """
    language, *rest = tag.split("-")
    known = _NAMES.get(language.lower())
    if known is None:
        return tag
    details = [_SCRIPTS.get(part.lower(), part) for part in rest]
    return f"{known} ({', '.join(details)})" if details else known


def right_to_left(tags: Sequence[str]) -> bool:
    """True when a book whose first language this is opens from its right-hand side; a script in the tag decides."""
    if not tags:
        return False
    language, *rest = tags[0].lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    return script in _RIGHT_TO_LEFT_SCRIPTS if script else language in _RIGHT_TO_LEFT
