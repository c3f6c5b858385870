"""Column headers of people's files, in French and English, to prospect fields.

Plain Python without the ORM. The host already knows a field's technical name
and label; this knows what spreadsheets are really headed with [MO-38].
"""

import re
import unicodedata

_NOISE = re.compile(r"[^a-z0-9]+")

# field: headers that mean it, as ``normalize_header`` writes them.
SYNONYMS = {
    "civility_id": "civility civilite salutation",
    "first_name": "first name|firstname|given name|forename|prenom|prenoms",
    "last_name": "last name|lastname|surname|family name|nom de famille|nom famille"
    "|nom usuel|patronyme",
    "contact_name": "full name|fullname|name surname|nom complet|nom et prenom"
    "|nom prenom|prenom nom|prenom et nom|contact|contact name|nom du contact"
    "|person|personne",
    "email_from": "email|e mail|mail|email address|e mail address|mail address"
    "|adresse email|adresse e mail|adresse mail|courriel|adresse electronique|mel"
    "|email 1|work email|email professionnel",
    "phone": "phone|telephone|tel|phone number|mobile|mobile phone|cell|cell phone"
    "|portable|tel portable|numero de telephone|gsm|tel mobile|telephone mobile"
    "|telephone portable|work phone",
    "partner_name": "company|company name|organisation|organization|account|societe"
    "|entreprise|nom de la societe|nom societe|nom entreprise|nom de l entreprise"
    "|raison sociale|employer|structure|etablissement",
    "function": "role|title|job|job title|position|job position|poste|fonction"
    "|intitule du poste|occupation|metier",
    "assistant_email": "assistant email|assistant e mail|assistant s email"
    "|assistant s e mail|email assistant|email de l assistant|e mail de l assistant"
    "|email assistante|mail assistant|mail de l assistant",
    "street": "street|address|address 1|street address|adresse|rue|adresse 1"
    "|adresse postale",
    "street2": "street 2|street2|address 2|adresse 2|complement d adresse"
    "|complement adresse",
    "zip": "zip|zip code|postcode|postal code|code postal|cp",
    "city": "city|town|ville|commune|localite",
    "country_id": "country|pays",
    "lang_id": "language|langue",
    "website": "website|web site|site|site web|site internet|url",
    "tag_ids": "tags|tag|etiquettes|etiquette|mots cles|keywords|labels",
    "list_ids": "lists|list|listes|liste|mailing list|liste de diffusion",
    "source_id": "source|lead source|origine|provenance|source du prospect",
    "status_id": "status|lead status|statut|etat",
    "user_id": "salesperson|owner|commercial|vendeur|responsable|charge de compte",
    "description": "notes|note|comment|comments|commentaire|commentaires|remarque"
    "|remarques|description",
}


def _words(text):
    return text.split("|") if "|" in text else text.split()


_FIELD_BY_HEADER = {
    header: field for field, headers in SYNONYMS.items() for header in _words(headers)
}
# A bare « Nom » or "Name" is the family name beside a first name, else the whole.
_BARE_NAMES = ("nom", "name", "noms", "names")


def normalize_header(header):
    """A header without case, accents, punctuation or double spaces.

    >>> normalize_header("\\ufeff E-Mail  (pro.) ")
    'e mail pro'
    >>> normalize_header("Prénom *")
    'prenom'
    """
    text = unicodedata.normalize("NFKD", str(header or "")).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return _NOISE.sub(" ", text).strip()


def guess_fields(headers, given=None):
    """What each header means: {position of the header: field of ``crm.lead``}.

    Headers that mean nothing known are left out; a field is given once, to the
    first header that asks for it.

    :param list headers: the headers of the file
    :param dict given: {position: field} that is settled already, and stays so

    >>> guess_fields(["E-mail", "Nom", "Prénom"])
    {0: 'email_from', 2: 'first_name', 1: 'last_name'}
    >>> guess_fields(["Nom", "Courriel", "Colonne 7"])
    {1: 'email_from', 0: 'contact_name'}
    >>> guess_fields(["first name", "last name", "email", "Mail"])
    {0: 'first_name', 1: 'last_name', 2: 'email_from'}
    >>> guess_fields(["Nom", "Prenom"], {1: "first_name"})
    {1: 'first_name', 0: 'last_name'}
    """
    guesses = dict(given or {})
    taken, bare = set(guesses.values()), []
    for position, header in enumerate(headers):
        if position in guesses:
            continue
        text = normalize_header(header)
        field = _FIELD_BY_HEADER.get(text)
        if text in _BARE_NAMES:
            bare.append(position)
        elif field and field not in taken:
            guesses[position] = field
            taken.add(field)
    for position in bare[:1]:
        field = "last_name" if "first_name" in taken else "contact_name"
        if field not in taken:
            guesses[position] = field
    return guesses
