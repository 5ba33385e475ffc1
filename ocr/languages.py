"""From a language tag to the names of the Tesseract models that read it, best first.

Tags are BCP 47; the three-letter codes of ISO 639-2, both kinds, are understood as well. Model names are those of
Tesseract's own collections (tessdata, tessdata_best, tessdata_fast).
"""


def _pairs(text: str) -> dict[str, str]:
    return {left: right for left, _, right in (pair.partition(":") for pair in text.split())}


# ISO 639-1 to the model, which mostly bears the ISO 639-2/T code.
_TWO_LETTERS = _pairs("""
    af:afr am:amh ar:ara as:asm az:aze be:bel bg:bul bn:ben bo:bod br:bre bs:bos ca:cat co:cos cs:ces cy:cym
    da:dan de:deu dv:div dz:dzo el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas fi:fin fo:fao fr:fra fy:fry
    ga:gle gd:gla gl:glg gu:guj he:heb hi:hin hr:hrv ht:hat hu:hun hy:hye id:ind is:isl it:ita iu:iku ja:jpn
    jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kmr ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav mi:mri mk:mkd
    ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nor ne:nep nl:nld nn:nor no:nor oc:oci or:ori pa:pan pl:pol
    ps:pus pt:por qu:que ro:ron ru:rus sa:san sd:snd si:sin sk:slk sl:slv sq:sqi sr:srp su:sun sv:swe sw:swa
    ta:tam te:tel tg:tgk th:tha ti:tir tl:tgl to:ton tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb vi:vie yi:yid
    yo:yor zh:chi iw:heb in:ind ji:yid sh:hrv
""")

# ISO 639-2/B, and codes of ISO 639-3 whose model bears another name.
_OTHER_NAMES = _pairs("""
    alb:sqi arm:hye baq:eus bur:mya cze:ces dut:nld fre:fra geo:kat ger:deu gre:ell ice:isl mac:mkd mao:mri
    may:msa per:fas rum:ron slo:slk tib:bod wel:cym zho:chi cmn:chi nob:nor nno:nor kur:kmr arb:ara pes:fas
    ekk:est lvs:lav zsm:msa swh:swa fil:tgl
""")

# Models that collections offer although no two-letter code leads to them.
_ONLY_LONG = {"grc", "enm", "frm", "ceb", "chr", "syr", "frk", "Fraktur", "script/Fraktur"}
_ONLY_LONG |= {"chi_sim", "chi_tra", "srp_latn", "uzb_cyrl", "aze_cyrl"}

_BY_SCRIPT = {
    ("chi", "hans"): ("chi_sim",),
    ("chi", "hant"): ("chi_tra",),
    ("srp", "latn"): ("srp_latn",),
    ("uzb", "cyrl"): ("uzb_cyrl",),
    ("aze", "cyrl"): ("aze_cyrl",),
    ("deu", "latf"): ("frk", "deu_latf", "Fraktur", "script/Fraktur", "deu_frak"),
}
_FRAKTUR = ("Fraktur", "script/Fraktur", "frk", "deu_latf")
_TRADITIONAL = {"tw", "hk", "mo", "hant"}
_NO_LANGUAGE = {"und", "mul", "mis", ""}


def models_for(tag: str) -> tuple[str, ...]:
    """The models that read this language, best first; none when the tag names no language (`und`, `mul`, `mis`)."""
    first, *rest = tag.strip().replace("_", "-").casefold().split("-")
    code = _TWO_LETTERS.get(first) or _OTHER_NAMES.get(first, first)
    if code in _NO_LANGUAGE:
        return ()
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if code == "chi" and not script:
        script = "hant" if _TRADITIONAL.intersection(rest) else "hans"
    special = _BY_SCRIPT.get((code, script))
    if special is None and script == "latf":
        special = (*_FRAKTUR, f"{code}_frak")
    return special or (code,)


def remedy_for(models: tuple[str, ...]) -> str:
    """What to install so that one of these models is there, as the object of "install ..."."""
    if not models:
        return 'a model of your choice and name it in the column "ocr.model"'
    wanted = models[0]
    file = f'"{wanted.rpartition("/")[2]}.traineddata"'
    if wanted not in _ONLY_LONG and wanted not in _TWO_LETTERS.values():
        return f"a trained model for it (a file such as {file}, put into the folder of models)"
    package = "script-frak" if wanted.endswith("Fraktur") else wanted.replace("_", "-")
    return f'the Debian package "tesseract-ocr-{package}", or put the file {file} into the folder of models'
