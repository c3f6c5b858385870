"""Columns that say who does not want to be written to."""

import re
import unicodedata

from .values import parse_bool

_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")
_NOISE = re.compile(r"[^a-z0-9]+")
_OUT = re.compile(
    r"\b(?:un ?subscribed?|un ?subs?|opt(?:ed)? ?out|desinscrite?s?|desabonnee?s?"
    r"|desinscription|desabonnement|black ?list(?:ed|ee?)?|block(?:ed|listed)|oppose?e?"
    r"|stop|refuse?e?|do not (?:email|contact|mail)|ne pas contacter|revoked|withdrawn"
    r"|complained|complaint|spam|not subscribed|non abonnee?s?|non inscrite?s?"
    r"|no longer|liste noire)\b"
)
_IN = re.compile(
    r"\b(?:subscribed?|active?s?|opt(?:ed)? ?in|optin|abonnee?s?|inscrite?s?|never"
    r"|jamais|none|aucun|confirmed?|confirmee?s?|accepted?|acceptee?|allowed|valid"
    r"|pending|en attente|transactional|cleaned|bounced)\b"
)
# What is said of subscribers alone.
_SUBSCRIBED = re.compile(r"\b(?:subscribed?|abonnee?s?|opt(?:ed)? ?in|optin|cleaned)\b")
_EMPTY = frozenset(("null", "n/a", "na", "none", "-", "--", "#n/a", "nan"))


def _fold(text):
    text = unicodedata.normalize("NFKD", (text or "").casefold())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return _NOISE.sub(" ", text).strip()


def read_opt_out(text):
    """Whether a cell says that somebody does not want to be written to.

    The moment of an opt-out says so too.

    :return: True, False, or None where it says neither

    >>> [read_opt_out(text) for text in ("Oui", "TRUE", "2026-01-31 14:30", "Opt-out")]
    [True, True, True, True]
    >>> [read_opt_out(text) for text in ("", "0", "Subscribed", "non", "Désinscrit")]
    [False, False, False, False, True]
    >>> [read_opt_out(text) for text in ("perhaps", "not subscribed")]
    [None, True]
    """
    text = (text or "").strip()
    if not text or text.casefold() in _EMPTY:
        return False
    said = parse_bool(text)
    if said is not None:
        return said
    if _DATE.fullmatch(text):
        return True
    return read_standing(text)


def read_standing(text):
    """True for words of an opt-out, False for those of a subscriber, else None.

    >>> [read_standing(text) for text in ("Unsubscribed", "Abonné", "Client", "1")]
    [True, False, None, None]
    """
    words = _fold(text)
    if _OUT.search(words):
        return True
    return False if _IN.search(words) else None


def are_standings(cells, is_certain=False):
    """Whether some cells say how subscribers stand.

    :param cells: texts, none empty
    :param bool is_certain: the header says so as well

    >>> are_standings(["unsubscribed", "active"]), are_standings(["Active", "Inactive"])
    (True, False)
    >>> are_standings(["active", "active"], is_certain=True), are_standings(["New"])
    (True, False)
    """
    said = [read_standing(cell) for cell in cells]
    known = sum(one is not None for one in said)
    if not known or known < 0.8 * len(said):
        return False
    return is_certain or any(
        one or _SUBSCRIBED.search(_fold(cell))
        for one, cell in zip(said, cells, strict=True)
    )
