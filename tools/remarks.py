"""Sentences that are kept: a code with values, said in the language of the reader."""

from odoo.tools.translate import LazyTranslate, get_translation

_lt = LazyTranslate(__name__)

# {code: text}. A code is "<wing>.<what>"; add-ons give theirs to ``add_remarks``.
_TEXTS = {}


class Remark(str):
    """A sentence in the language of whoever runs, with what it was made of.

    It is used like any text, and kept by its ``code`` and ``values`` (plain data that
    JSON can hold), so that whoever reads it later gets it in their own language.
    """

    __slots__ = ("code", "values")

    def __new__(cls, text, code, values):
        self = super().__new__(cls, text)
        self.code, self.values = code, values
        return self


def add_remarks(texts):
    """Make sentences known by their codes.

    :param dict texts: ``{code: lazy text}``, the text made by a ``LazyTranslate`` of
        the add-on, with named placeholders such as ``%(email)s``
    :raises ValueError: when another sentence has the code already
    """
    for code, text in texts.items():
        if _TEXTS.setdefault(code, text)._source != text._source:
            raise ValueError(f"Two sentences have the code {code!r}")


def remark(env, code, **values):
    """A sentence, in the language of the environment.

    :param str code: of :func:`add_remarks`
    :param values: of its placeholders: texts, numbers, or lists of texts
    :rtype: Remark
    :raises KeyError: for a code that nobody has added
    """
    text = _TEXTS[code]
    lang = env.lang or "en_US"
    return Remark(
        get_translation(text._module, lang, text._source, values), code, values
    )


add_remarks(
    {
        "gate.email_invalid": _lt(
            "“%(email)s” is not an e-mail address: kept, but not used to identify "
            "people."
        ),
        "gate.phone_invalid": _lt(
            "“%(phone)s” is not a phone number: kept, but not used to identify people."
        ),
    }
)
