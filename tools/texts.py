"""What was written, without what nobody sees and in the letters that everybody types.

Plain Python without the ORM; the only cleaner of texts, for all channels.
"""
# ruff: noqa: RUF002 - letters as people write them

import re
import unicodedata
from functools import lru_cache

# Never seen and never meant: control characters but ends of lines and tabulators, lone
# surrogates, soft hyphens, zero-width and direction marks, marks of annotations, and
# what stands for an object.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u00ad\u034f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffc]"
)
# Joiners change letters in some scripts, and pictures; elsewhere nobody sees them.
_JOINERS = re.compile(
    "(?<![\u0600-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\U0010ffff])"
)
_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029\x1c-\x1f]")
_BLANKS = re.compile(r"[^\S\n]+")
# What is typed, pasted and printed for one and the same mark.
_MARKS = str.maketrans(
    {
        **dict.fromkeys(
            "\u2019\u2018\u201b\u02bc\u02b9\u02bb\u00b4\u0060\u2032\uff07", "'"
        ),
        **dict.fromkeys(
            "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-"
        ),
        **dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033", '"'),
    }
)
# The same in SQL, of the column "name": an expression that an index is made of.
PLAIN_NAME = "lower(translate(name, '{}', '{}'))".format(
    "".join(map(chr, _MARKS)), "".join(_MARKS.values()).replace("'", "''")
)
_NOT_LETTERS = re.compile(r"[\W_]+")


def clean_lines(text):
    r"""A text without marks that nobody sees, in composed letters (NFC), line by line.

    >>> clean_lines("a\u200b\r\nb\x00 \ufeff")
    'a\nb'
    >>> clean_lines("Me\u0301lanie"), clean_lines("می\u200cخواهم") == "می\u200cخواهم"
    ('Mélanie', True)
    """
    if not text.isascii():
        text = _JOINERS.sub("", _UNSEEN.sub("", text))
        text = unicodedata.normalize("NFC", text)
    elif text.isprintable():
        # most texts: one line, and nothing that is not seen
        return text.strip()
    else:
        text = _UNSEEN.sub("", text)
    text = _LINES.sub("\n", text)
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def clean_marks(text):
    r"""A text without marks that nobody sees, in composed letters; its blanks stay.

    For formatted texts.

    >>> clean_marks("<p>a\u200b  b</p>")
    '<p>a  b</p>'
    """
    if text.isascii():
        return text if text.isprintable() else _UNSEEN.sub("", text)
    return unicodedata.normalize("NFC", _JOINERS.sub("", _UNSEEN.sub("", text)))


def clean_text(text):
    r"""The same as :func:`clean_lines` in one line, with single blanks.

    >>> clean_text(" a\x00\u202e b\n c\u00a0d ")
    'a b c d'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(clean_lines(text).split())


def plain_marks(text):
    """A text with one sort of apostrophes, dashes and quotes.

    >>> plain_marks("Côte d’Ivoire – l´Est")
    "Côte d'Ivoire - l'Est"
    """
    return text if text.isascii() else text.translate(_MARKS)


def fold(text):
    """A name without case, accents, double blanks and sorts of apostrophes and dashes,
    to find it again.

    >>> fold(" Côte  d’Ivoire ")
    "cote d'ivoire"
    >>> fold("Saint–Étienne") == fold("saint-etienne")
    True
    """
    text = plain_marks(text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", plain_marks(_UNSEEN.sub("", text)))
        text = "".join(char for char in text if not unicodedata.combining(char))
        # the mark of a Turkish letter, and what small letters do to others
        text = text.casefold().replace("\u0131", "i")
    return " ".join(text.split())


def fold_letters(text):
    """A name as its letters and digits alone, for names that are written in many ways.

    >>> fold_letters("Royaume-Uni"), fold_letters("U.S.A.")
    ('royaumeuni', 'usa')
    """
    return _NOT_LETTERS.sub("", fold(text))


# --- What stands where nothing is known -----------------------------------------------

_NOTHING = frozenset(
    """
    n/a|na|nc|xxx|#n/a|n.a|n.a.|n.a.n|n\\a|<na>|n/d|n.d|n.d.|#n/d|n/c|n.c|n.c.|s/o|s.o|s.o.|k/a|k.a|k.a.
    |null|nul|nil|none|nan|nat|undefined|unset|not available|not applicable
    |not provided|not specified|not set|not given|no value|no data|no answer|none given
    |no email|no e-mail|no mail|no phone|no phone number|no number|no name|no company
    |no website|unknown|unspecified|empty|blank value|to be completed|to be defined
    |to be determined|to be confirmed|tbd|tba|tbc|t.b.d.
    |aucun|aucune|neant|vide|inconnu|inconnue|indefini|non defini|non definie
    |non renseigne|non renseignee|non communique|non communiquee|non disponible
    |non applicable|non precise|non precisee|non fourni|non fournie|non specifie
    |non specifiee|non connu|non connue|indisponible|sans objet|sans|rien|pas d'email
    |pas d'e-mail|pas de mail|pas d'adresse|pas d'adresse email|pas d'adresse e-mail
    |pas de telephone|pas de tel|pas de numero|pas de nom|pas de site|sans email
    |sans telephone|a completer|a renseigner|a definir|a preciser|a determiner
    |keine|keiner|keines|kein|keine angabe|keine angaben|keine e-mail|keine email
    |kein telefon|unbekannt|nicht angegeben|nicht verfugbar|nicht bekannt|entfallt|leer
    |ninguno|ninguna|desconocido|desconocida|no disponible|no aplica|no consta|vacio
    |nessuno|nessuna|sconosciuto|sconosciuta|non disponibile|nulla|vuoto
    |geen|onbekend|niet bekend|niet beschikbaar|niet van toepassing|n.v.t|n.v.t.|nvt
    |nenhum|nenhuma|desconhecido|nao disponivel|nao informado|vazio|sem email
    |brak|nieznany|нет|неизвестно|не указано|无|なし|不明|없음
    |#null!|#value!|#valeur!|#ref!|#name?|#nom?|#div/0!|#num!|#nombre!|#wert!|#bezug!
    |#ref|#name|#nv|#n.v.|n-a|sans mail|sans adresse|sans numero|not known|not found
    |sin datos|sin email|sin telefono|kein name|ohne|ohne angabe
    |#nombre?|#spill!|#calc!|#error!|#erreur!|error!|-n/a-|-none-|--none--
    """.replace("\n", "")
    .replace("    ", "")
    .strip()
    .split("|")
)
# What no such word has, and most addresses, numbers and streets have; those are many.
_find_something = re.compile(r"^[^#]*[0-9@]").search
# The same within brackets; what programs print for nothing, for each part of a name.
_BRACKETED = frozenset(("blank", "empty", "object object", "no data", "nothing"))
_BY_PROGRAMS = frozenset(("n/a", "nan", "none", "null", "undefined"))
# Marks alone that say nothing; a column that is too narrow is printed as ####.
_MARKS_ALONE = re.compile(r"[\W_]+")
# Names of people that are also such words, as people write their names.
_NAMES = frozenset(("Na", "Nan", "Nat", "Nil", "Nul", "Null", "Sans", "Brak"))


def is_nothing(text, is_name=False):
    """Whether a text only says that nothing is known: "n/a", "-", "aucun", "#N/A".

    :param bool is_name: of a person, who may be called Null

    >>> [is_nothing(text) for text in ("N/A", " - ", "(néant)", "#N/A", "null", "…")]
    [True, True, True, True, True, True]
    >>> [is_nothing(text) for text in ("0", "non", "Nathalie", "+", "A-B", "no")]
    [False, False, False, False, False, False]
    >>> is_nothing("Null", is_name=True), is_nothing("NULL", is_name=True)
    (False, True)
    """
    if len(text) > 80 or _find_something(text):
        return False
    return _says_nothing(text, is_name)


@lru_cache(maxsize=20_000)
def _says_nothing(text, is_name):
    text = text.strip()
    if not text or len(text) > 40 or (is_name and text in _NAMES):
        return False
    if set("*+").issuperset(text):
        # stars and pluses are marks that people give
        return False
    if _MARKS_ALONE.fullmatch(text):
        return not any(map(_is_picture, text))
    folded = re.sub(r"\s*([/\\])\s*", r"\1", fold(text)).replace("(e)", "")
    plain = folded.strip("()[]{}<>\"'*_-. :")
    if not _NOTHING.isdisjoint((folded, plain)):
        return True
    if folded[0] in "([<{" and plain in _BRACKETED:
        return True
    return len(folded.split()) > 1 and _BY_PROGRAMS.issuperset(folded.split())


def _is_picture(char):
    return unicodedata.category(char) == "So" or char in "✓✔✗✘"
