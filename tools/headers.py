"""Column headers of people's files, in French and English, to prospect fields.

Plain Python without the ORM. Odoo already knows a field's technical name
and label; this knows what spreadsheets are really headed with [MO-38].
"""

import re
import unicodedata

_NOISE = re.compile(r"[^a-z0-9]+")

# field: headers that mean it, as ``normalize_header`` writes them.
SYNONYMS = {
    "title_id": "civility|civilite|salutation|honorific|titre de civilite|m mme"
    "|mr mrs|anrede|title mr ms",
    "first_name": "first name|firstname|given name|forename|prenom|prenoms"
    "|prenom contact|prenom du contact|contact first name",
    "last_name": "last name|lastname|surname|family name|nom de famille|nom famille"
    "|nom usuel|patronyme|nom du contact principal|contact last name",
    "contact_name": "full name|fullname|name surname|nom complet|nom et prenom"
    "|nom prenom|prenom nom|prenom et nom|contact|contact name|nom du contact"
    "|person|personne|nom contact|interlocuteur|contact principal|display name",
    "email_from": "email|e mail|mail|email address|e mail address|mail address"
    "|adresse email|adresse e mail|adresse mail|courriel|adresse electronique|mel"
    "|email 1|work email|email professionnel|e mail 1|e mail professionnel|mail pro"
    "|email pro|e mail pro|adresse courriel|adresse de messagerie|e mail 1 value"
    "|business email|primary email|contact email|email du contact|emails|e mails",
    "phone": "phone|telephone|tel|phone number|mobile|mobile phone|cell|cell phone"
    "|portable|tel portable|numero de telephone|gsm|tel mobile|telephone mobile"
    "|telephone portable|work phone|phone 1|tel 1|telephone 1|phone 1 value"
    "|business phone|primary phone|contact phone|numero de portable|numero"
    "|telephone fixe|tel fixe|fixe|ligne directe|direct line|mobile number|tel pro"
    "|telephone professionnel|home phone|numero de mobile|no de telephone|n telephone"
    "|n de telephone|n tel",
    "partner_name": "company|company name|organisation|organization|account|societe"
    "|entreprise|nom de la societe|nom societe|nom entreprise|nom de l entreprise"
    "|raison sociale|employer|structure|etablissement|account name|business name"
    "|organization name|organisation name|nom de la structure|firma|compte|firme",
    "function": "role|title|job|job title|position|job position|poste|fonction"
    "|intitule du poste|occupation|metier|profession|intitule de poste",
    "assistant_email": "assistant email|assistant e mail|assistant s email"
    "|assistant s e mail|email assistant|email de l assistant|e mail de l assistant"
    "|email assistante|mail assistant|mail de l assistant|e mail assistant"
    "|e mail assistante|email de l assistante|e mail de l assistante|mail assistante",
    "street": "street|address|address 1|street address|adresse|rue|adresse 1"
    "|adresse postale|address line 1|adresse ligne 1|voie|numero et voie|n et rue",
    "street2": "street 2|street2|address 2|adresse 2|complement d adresse"
    "|complement adresse|complement|address line 2|adresse ligne 2",
    "zip": "zip|zip code|postcode|postal code|code postal|cp|zipcode|code post",
    "city": "city|town|ville|commune|localite",
    "state_id": "state|province|region|departement|county|etat province|state province"
    "|state code|canton|department",
    "country_id": "country|pays|country code|code pays|country name|nom du pays"
    "|pays iso",
    "lang_id": "language|langue|lang|locale|langue parlee|preferred language",
    "website": "website|web site|site|site web|site internet|url|web|homepage"
    "|web page|page web|company website|website url",
    "tag_ids": "tags|tag|etiquettes|etiquette|mots cles|keywords|labels|mot cle"
    "|label|categories|categorie|category",
    "list_ids": "lists|list|listes|liste|mailing list|liste de diffusion"
    "|mailing lists|listes de diffusion",
    "source_id": "source|lead source|origine|provenance|source du prospect|canal"
    "|origin|channel|utm source",
    "status_id": "status|lead status|statut|etat|statut du prospect|prospect status",
    "user_id": "salesperson|owner|commercial|vendeur|responsable|charge de compte"
    "|commerciale|sales rep|account manager|lead owner|assigned to|attribue a"
    "|proprietaire",
    "team_id": "sales team|team|equipe|equipe commerciale",
    "description": "notes|note|comment|comments|commentaire|commentaires|remarque"
    "|remarques|description|observation|observations|internal notes|notes internes"
    "|message",
    "id": "external id|identifiant externe|id externe|id externe odoo",
    "name": "prospect title|titre du prospect|opportunity|opportunite|subject|objet"
    "|sujet|nom de l opportunite|intitule",
}
# The last column of a file of rejected rows, in each language of the interface.
REASON_HEADERS = {"en": "Reason for rejection", "fr": "Motif du rejet"}


def _words(text):
    return text.split("|") if "|" in text else text.split()


_FIELD_BY_HEADER = {
    header: field for field, headers in SYNONYMS.items() for header in _words(headers)
}
# A bare « Nom » or "Name" is the family name beside a first name, else the whole.
_BARE_NAMES = ("nom", "name", "noms", "names")
KNOWN_HEADERS = frozenset(_FIELD_BY_HEADER).union(_BARE_NAMES)


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


_REASONS = frozenset(map(normalize_header, REASON_HEADERS.values()))


def is_reason_header(header):
    """Whether a column is the one that ``write_rejected`` adds.

    >>> is_reason_header("Motif du rejet"), is_reason_header("Motif")
    (True, False)
    """
    return normalize_header(header) in _REASONS


def field_of_header(header):
    """The field of ``crm.lead`` that a header means by itself, or None.

    >>> field_of_header("Adresse e-mail"), field_of_header("Nom")
    ('email_from', None)
    """
    return _FIELD_BY_HEADER.get(normalize_header(header))


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
