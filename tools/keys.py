"""Short names by which programs and addresses know what people have named."""

import re
import unicodedata

LONGEST = 40


def make_key(text, taken=(), reserved=()):
    """A short name in lower case that is not taken, from a text for people.

    >>> make_key("Numéro de téléphone ?")
    'numero_de_telephone'
    >>> make_key("Budget", {"budget", "budget_2"})
    'budget_3'
    >>> make_key("预算"), make_key(None, {"q"}), make_key("Lang", reserved={"lang"})
    ('q', 'q_2', 'lang_2')
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain.lower())[:LONGEST].strip("_") or "q"
    base, number = key, 1
    while key in taken or key in reserved:
        number += 1
        key = f"{base}_{number}"
    return key
