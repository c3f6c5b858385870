"""How people are addressed (Mr, Mme, Dr.), as it is written before and behind names.

Plain Python without the ORM. A kind is the last part of the identifier of a title that
comes with Prospect (``prospect_title_ms``).
"""
# ruff: noqa: RUF001 - letters as people write them

from .texts import fold

# {kind: how it is written}, without full stops.
_KINDS = {
    "mr": "m|mr|mister|monsieur|mons|messr|herr|hr|hrn|herrn|sr|senor|don sr|sig|signor"
    "|signore|dhr|de heer|meneer|mijnheer|senhor|pan|κος|г-н|господин|пан|sir|sri|shri"
    "|先生|씨|님|السيد",
    "ms": "mme|madame|mrs|ms|missus|frau|fr|sra|senora|sig ra|sigra|signora|mevr|mw"
    "|mevrouw"
    "|senhora|pani|κα|г-жа|госпожа|пани|madam|ma'am|smt|shrimati|mesdame|女士|太太|السيدة",
    "miss": "mlle|melle|mademoiselle|miss|fraulein|frl|srta|senorita|sig na|signorina"
    "|mej|mejuffrouw|小姐|الآنسة",
    "mx": "mx",
    "dr": "dr|dre|drs|docteur|docteure|doctor|dra|doktor|dott|dottor|dottore|dott ssa"
    "|dottssa|dottoressa|dott|doutor|doutora|д-р|доктор|博士|د",
    "prof": "prof|pr|pre|professeur|professeure|professor|professorin|profa|profesor"
    "|profesora|professore|professoressa|prof ssa|проф|профессор|教授|교수",
    "me": "me|maitre|mtre|avv|avvocato|rechtsanwalt|ra|rain|lic",
}
KIND_OF = {
    text.replace(" ", ""): kind
    for kind, texts in _KINDS.items()
    for text in map(fold, texts.split("|"))
}
# What they are where there is none of their own, best first.
INSTEAD = {"miss": ("miss", "ms")}
# The one that counts where several are given: the rarest.
ORDER = ("prof", "dr", "me", "mx", "miss", "ms", "mr")
# With a full stop alone, or before nothing but a family name: else they are letters of
# a name, or words of it.
DOTTED = frozenset(
    [
        "m",
        "sr",
        "fr",
        "lic",
        "ra",
        "rain",
        "hr",
        "pan",
        "pani",
        "sri",
        "mons",
        "mej",
        "don",
        "drs",
        "д",
        "пан",
        "пани",
    ]
)
# What stands before names as well, with a full stop, and has no field of its own.
RANKS = frozenset(
    """
    adj brig capt cdt cpt cmdr col fr gen hon ing ir lt ltc maj mag mgr rev sgt sqn
    """.split()  # noqa: SIM905 - read as words
)
# Words between titles, and of degrees that German titles carry with them.
BESIDE = frozenset(
    """
    med h c hc habil rer nat phil jur ing dipl dipl-ing ir mult pol oec paed theol
    techn mag univ dent vet
    """.split()  # noqa: SIM905 - read as words
)
# Behind a name in East Asia.
HONORIFICS = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "博士",
    "教授",
    "様",
    "さま",
    "さん",
    "殿",
    "교수",
    "님",
    "씨",
)
HONORIFIC_KINDS = {"様": "", "さま": "", "さん": "", "殿": "", "님": "", "씨": ""}


def find_kind(text):
    """The kind of a title, or an empty text.

    >>> [find_kind(text) for text in ("Mrs", "M.", "Frau", "Sig.ra", "Buyer")]
    ['ms', 'mr', 'ms', 'ms', '']
    """
    return KIND_OF.get(fold(text).replace(".", "").replace(" ", ""), "")


def choose_kind(kinds):
    """The kind that counts of several, or an empty text.

    >>> choose_kind(["mr", "dr"]), choose_kind([])
    ('dr', '')
    """
    return next((kind for kind in ORDER if kind in kinds), "")
