"""Names by which programs and addresses know questions and choices."""

from odoo.addons.prospect.tools import keys

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
    """A short name in lower case that is neither taken nor used by pages themselves.

    >>> make_key("Numéro de téléphone ?"), make_key("Lang"), make_key("Action")
    ('numero_de_telephone', 'lang_2', 'action_2')
    """
    return keys.make_key(text, taken, RESERVED)
