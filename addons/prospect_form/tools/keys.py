"""Names by which programs and addresses know questions and choices."""

import re
import unicodedata

LONGEST = 40
# What pages and addresses use for themselves.
RESERVED = frozenset(
    {
        # what the script asks the form for: a question of that name would hide it
        *("action", "append", "dataset", "elements", "enctype", "submit"),
        *("embed", "lang", "prospect_page", "prospect_token", "prospect_url"),
        *("recaptcha_token_response", "turnstile_captcha"),
        *("utm_campaign", "utm_medium", "utm_source"),
    }
)


def make_key(text, taken=()):
    """A short name in lower case that is not taken, from a text for people.

    >>> make_key("Numéro de téléphone ?")
    'numero_de_telephone'
    >>> make_key("Budget", {"budget", "budget_2"})
    'budget_3'
    >>> make_key("预算"), make_key(None, {"q"}), make_key("Lang"), make_key("Action")
    ('q', 'q_2', 'lang_2', 'action_2')
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain.lower())[:LONGEST].strip("_") or "q"
    base, number = key, 1
    while key in taken or key in RESERVED:
        number += 1
        key = f"{base}_{number}"
    return key
