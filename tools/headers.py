"""Column headers of people's files, in French and English, to prospect fields.

Plain Python without the ORM. Odoo already knows a field's technical name
and label; this knows what spreadsheets are really headed with [MO-38].
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_NOISE = re.compile(r"[^a-z0-9]+")

# field: headers that mean it, as ``normalize_header`` writes them.
SYNONYMS = {
    "title_id": "civility|civilite|salutation|honorific|titre de civilite|m mme"
    "|mr mrs|anrede|title mr ms"
    "|name prefix|prefix|prefixe|courtesy title|formule d appel"
    "|formule de politesse|genre titre",
    "first_name": "first name|firstname|given name|forename|prenom|prenoms"
    "|prenom contact|prenom du contact|contact first name"
    "|fname|first|given names|christian name|mail merge first name"
    "|votre prenom",
    "last_name": "last name|lastname|surname|family name|nom de famille|nom famille"
    "|nom usuel|patronyme|nom du contact principal|contact last name"
    "|lname|last|surnames|second name|nom de naissance|family|lastnames",
    "contact_name": "full name|fullname|name surname|nom complet|nom et prenom"
    "|nom prenom|prenom nom|prenom et nom|contact|contact name|nom du contact"
    "|person|personne|nom contact|interlocuteur|contact principal|display name"
    "|contact full name|your name|votre nom|nom et prenoms|prenoms et nom"
    "|nom prenoms|prenoms nom|name and surname|first and last name"
    "|first name and last name|first name last name|last name first name"
    "|participant|participants|attendee|attendee name|invitee name"
    "|customer name|client name|nom du client|nom du participant"
    "|guest name|lead name|respondent name|nom affiche",
    "email_from": "email|e mail|mail|email address|e mail address|mail address"
    "|adresse email|adresse e mail|adresse mail|courriel|adresse electronique|mel"
    "|email 1|work email|email professionnel|e mail 1|e mail professionnel|mail pro"
    "|email pro|e mail pro|adresse courriel|adresse de messagerie|e mail 1 value"
    "|business email|primary email|contact email|email du contact|emails|e mails"
    "|emailaddress|e mail address 1|adresses e mail|adresse mel|mails"
    "|invitee email|attendee email|participant email|customer email"
    "|client email|e mail du client|email du client|user email"
    "|subscriber email|lead email|respondent email"
    "|adresse electronique professionnelle",
    "phone": "phone|telephone|tel|phone number|mobile|mobile phone|cell|cell phone"
    "|portable|tel portable|numero de telephone|gsm|tel mobile|telephone mobile"
    "|telephone portable|work phone|phone 1|tel 1|telephone 1|phone 1 value"
    "|business phone|primary phone|contact phone|numero de portable|numero"
    "|telephone fixe|tel fixe|fixe|ligne directe|direct line|mobile number|tel pro"
    "|telephone professionnel|home phone|numero de mobile|no de telephone|n telephone"
    "|n de telephone|n tel"
    "|phonenumber|mobile phone number|mobilephone|cellphone"
    "|telephone number|phone no|mobile no|tel number|cell number"
    "|telephone mobile professionnel|numero de telephone mobile"
    "|numero de telephone portable|numero mobile|sms|whatsapp"
    "|whatsapp number|numero whatsapp|landline|landline number"
    "|direct phone|phone direct|direct dial|hs calculated phone number"
    "|text reminder number|contact number|numero de contact|n de portable"
    "|n de mobile|no de portable|coordonnees telephoniques|natel|handy"
    "|mobil",
    "partner_name": "company|company name|organisation|organization|account|societe"
    "|entreprise|nom de la societe|nom societe|nom entreprise|nom de l entreprise"
    "|raison sociale|employer|structure|etablissement|account name|business name"
    "|organization name|organisation name|nom de la structure|firma|compte|firme"
    "|companyname|associated company|primary associated company"
    "|primary company|entreprise associee|societe associee"
    "|company account|societe compte|nom du compte|business|employeur"
    "|organization 1 name|enseigne|nom commercial|denomination"
    "|denomination sociale|nom de l organisation|nom de l organisme"
    "|organisme|company or organization|org|org name|orgname|agency|agence|school|ecole"
    "|workplace",
    "function": "role|title|job|job title|position|job position|poste|fonction"
    "|intitule du poste|occupation|metier|profession|intitule de poste"
    "|jobtitle|job title full|organization title|organization 1 title"
    "|titre du poste|titre professionnel|designation|your role|job role"
    "|job function|fonction occupee|poste occupe|intitule de fonction"
    "|libelle du poste|libelle de fonction|emploi|qualite professionnelle",
    "assistant_email": "assistant email|assistant e mail|assistant s email"
    "|assistant s e mail|email assistant|email de l assistant|e mail de l assistant"
    "|email assistante|mail assistant|mail de l assistant|e mail assistant"
    "|e mail assistante|email de l assistante|e mail de l assistante|mail assistante",
    "street": "street|address|address 1|street address|adresse|rue|adresse 1"
    "|adresse postale|address line 1|adresse ligne 1|voie|numero et voie|n et rue"
    "|street line 1|street address line 1|addr line1|addr line 1"
    "|mailing street|rue et numero|numero et rue|adresse 1ere ligne"
    "|street name and number|formatted address|adresse complete"
    "|full address|rue adresse",
    "street2": "street 2|street2|address 2|adresse 2|complement d adresse"
    "|complement adresse|complement|address line 2|adresse ligne 2"
    "|street line 2|street address line 2|addr line2|addr line 2"
    "|extended address|apartment|apt|address complement|suite|batiment"
    "|2e ligne d adresse|complement de rue",
    "zip": "zip|zip code|postcode|postal code|code postal|cp|zipcode|code post"
    "|post code|zip postal code|postal zip code|zip or postal code|postal"
    "|zip postcode|code postal zip|npa|plz",
    "city": "city|town|ville|commune|localite"
    "|city town|town city|locality|ville commune|suburb city|ort",
    "state_id": "state|province|region|departement|county|etat province|state province"
    "|state code|canton"
    "|state region|state or province|province state|etat region"
    "|dep region|dept|departement region|administrative area"
    "|etat ou region|addr state",
    "country_id": "country|pays|country code|code pays|country name|nom du pays"
    "|pays iso"
    "|country region|pays region|country territory|pays ou region|nation"
    "|cc|country iso|countrycode|country or region|pays de residence|land",
    "lang_id": "language|langue|lang|locale|langue parlee|preferred language"
    "|preferred locale|langue preferee|langue de correspondance|sprache",
    "website": "website|web site|site|site web|site internet|url|web|homepage"
    "|web page|page web|company website|website url|company domain"
    "|company domain name|domain name|website address|url du site web|url du site"
    "|site web de l entreprise|home page|website 1 value|website 1|linkedin url"
    "|profile url|domaine|nom de domaine|nom de domaine de l entreprise"
    "|adresse du site|adresse web",
    "tag_ids": "tags|tag|etiquettes|etiquette|mots cles|keywords|labels|mot cle|label"
    "|categories|categorie|category|group membership|groupe|groupes|group|groups"
    "|membership tags|contact tags|libelles|libelle|etiquettes de contact",
    "list_ids": "lists|list|listes|liste|mailing list|liste de diffusion"
    "|mailing lists|listes de diffusion",
    "source_id": "source|lead source|origine|provenance|source du prospect|canal"
    "|origin|channel|utm source"
    "|original source|source d origine|origine de la piste|contact source"
    "|lead origin|referral source|record source|source de la piste",
    "status_id": "status|lead status|statut|etat|statut du prospect|prospect status"
    "|statut du lead|statut de la piste|statut du contact|contact status",
    "user_id": "salesperson|owner|commercial|vendeur|responsable|charge de compte"
    "|commerciale|sales rep|account manager|lead owner|assigned to|attribue a"
    "|proprietaire"
    "|contact owner|record owner|proprietaire du contact"
    "|proprietaire de la piste|account owner|hubspot owner|gestionnaire"
    "|charge d affaires|conseiller|owner name",
    "team_id": "sales team|team|equipe|equipe commerciale",
    "description": "notes|note|comment|comments|commentaire|commentaires|remarque"
    "|remarques|description|observation|observations|internal notes|notes internes"
    "|message"
    "|about|bio|additional information|informations complementaires"
    "|your message|votre message|commentaires additionnels"
    "|comments questions|remarks|memo",
    "opted_out": "unsubscribed|unsubscribe|opt out|optout|opted out|opt outs"
    "|email opt out|e mail opt out|emailoptout|has opted out of email"
    "|hasoptedoutofemail|opt out email|opted out of email|opted out of all email"
    "|opted out of all emails|is unsubscribed|unsubscribed from all email"
    "|unsubscribed from all emails|unsub time|unsubscribed at|unsubscribe date"
    "|unsubscribed on|unsubscribe time|unsubscribed date|unsubscriber"
    "|unsubscribed from email|unsubscribed from emails|email unsubscribed"
    "|do not email|do not e mail|donotemail|donotbulkemail|do not bulk email"
    "|do not contact|no email|do not mail|no mailing|no mailings|email blacklisted"
    "|blacklisted|blacklist|email blocklisted|blocklisted|blocklist|is blacklisted"
    "|emailblacklisted|black list|marketing opt out|email marketing opt out"
    "|newsletter opt out|opt out marketing|opted out of marketing"
    "|opted out of marketing emails|date opted out|opt out date|desinscrit"
    "|desinscrits|desinscription|desinscrite|desabonne|desabonnes|desabonnement"
    "|desabonnee|date de desinscription|date de desabonnement|desinscrit le"
    "|desabonne le|desinscrit de tous les e mails|desabonne de tous les e mails"
    "|desinscrit de l e mail|desabonnement de tous les e mails"
    "|desinscription de tous les e mails|liste noire|desinscrit des e mails"
    "|desabonne des e mails|desinscrit des emails|blackliste|desabonne de l e mail"
    "|desinscription des e mails|desinscription e mail|optout email"
    "|desinscription email|desinscription newsletter|desabonnement newsletter"
    "|stop email|desabonne newsletter|desinscrit newsletter|ne pas contacter"
    "|ne plus contacter|ne pas envoyer d e mail|ne pas envoyer d email"
    "|ne pas envoyer d e mails|stop mail|ne souhaite pas d e mails"
    "|ne souhaite plus recevoir d e mails|refus e mail|refus email|refus des e mails"
    "|refuse les e mails|refus de prospection|oppose|opposition"
    "|opposition a la prospection|opposition prospection|opposition e mail"
    "|opposition marketing|opt out e mail|opt out mail|optout mail|blackliste e mail",
    "id": "external id|identifiant externe|id externe|id externe odoo",
    "name": "prospect title|titre du prospect|opportunity|opportunite|subject|objet"
    "|sujet|nom de l opportunite|intitule",
}
# The last column of a file of rejected rows, in each language of the interface.
REASON_HEADERS = {"en": "Reason for rejection", "fr": "Motif du rejet"}


# Headers that say how somebody stands: an opt-out where their values say so.
STANDINGS = frozenset(
    (
        *("status", "statut", "etat", "email status", "e mail status"),
        *("statut e mail", "statut email", "statut de l e mail", "subscription"),
        *("subscription status", "statut d abonnement", "statut abonnement"),
        *("abonnement", "email marketing status", "marketing status", "member status"),
        *("email marketing", "email subscription status", "newsletter status"),
        *("email marketing consent", "subscriber status", "statut newsletter"),
        *("email marketing consent state", "statut marketing", "inscription"),
        *("etat de l abonnement", "marketing contact status", "opt in status"),
    )
)
# Words beside a header that say of which kind it is: the usual kind before others.
_KINDS = {
    0: "business work pro professional professionnel professionnelle professionnels"
    " bureau office primary principal principale main mailing contact person personne"
    " default mobile portable attendee participant invitee customer client lead"
    " prospect subscriber abonne respondent individual current actuel actuelle"
    " preferred valid valide direct directe",
    1: "billing facturation buyer acheteur permanent",
    2: "home personal perso personnel personnelle domicile private prive privee",
    3: "other autre secondary secondaire alternate alternatif alternative shipping"
    " livraison old ancien ancienne",
}
_QUALIFIERS = {word: rank for rank, words in _KINDS.items() for word in words.split()}
_OF_COMPANY = frozenset(
    (
        *("company", "societe", "entreprise", "organization", "organisation"),
        *("account", "compte"),
    )
)
# Fields that are said of a prospect alone: an attendee's status is another one.
_OURS = frozenset(("status_id", "source_id", "user_id", "team_id", "opted_out"))
_OF_PROSPECT = frozenset(("contact", "lead", "prospect", "person", "personne", "s"))
_OF_ADDRESS = frozenset(("address", "adresse"))
_ADDRESS = frozenset(("street", "street2", "zip", "city", "state_id", "country_id"))
_REACHED = _ADDRESS | {"website", "phone", "email_from"}
# General headers, which give way to those that say more.
_GENERAL = frozenset(
    (
        *("title", "titles", "titre", "titres", "role", "address", "adresse", "url"),
        *(
            "account",
            "compte",
            "numero",
            "origin",
            "channel",
            "canal",
            "group",
            "groupe",
        ),
        *("sms", "whatsapp", "business", "agency", "agence", "school", "ecole", "cc"),
        *("first", "last", "family", "participant", "attendee", "participants"),
        *("profile url", "linkedin url", "postal", "about"),
        *("domain name", "nom de domaine", "domaine", "suite", "prefix", "land", "ort"),
    )
)
_SMALL = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "of", "the", "s"))
_ARTICLE = r"(?:your|the|a|votre|vos|ton|ta|tes|le|la|l|une?) "
_ASKED = re.compile(
    r"^(?:.*\b)?(?:what is|what s|whats|what are|quel est|quelle est|quels sont"
    rf"|quelles sont|c est quoi) {_ARTICLE}"
    r"|^(?:.*\b)?(?:enter|provide|give|type|write|tell|share|leave|confirm|fill in"
    r"|indicate|entrez|entrer|saisissez|saisir|indiquez|indiquer|renseignez|renseigner"
    r"|donnez|precisez|laissez|tapez|inscrivez|confirmez)"
    rf"(?: us| nous)? {_ARTICLE}"
    r"|^(?:in |dans |from |de )?(?:which|what|quel|quelle) "
    r"|^(?:please |and |et )?(?:your|votre|vos|ton|ta|tes|my|mon|ma|mes) "
)
_ASKED_END = re.compile(
    r" (?:required|obligatoire|optional|facultatif|facultative|optionnel|optionnelle"
    r"|do you (?:work (?:for|in|at)|live in|represent)|are you (?:from|with|in)"
    r"|travaillez vous|habitez vous|representez vous|etes vous|vivez vous"
    r"|requis|requise|please|svp|s il vous plait|here|ici|champ obligatoire)$"
)
# What programs put before the names of questions, and after one of several.
_NUMBERED = re.compile(r"^q ?\d+ | ?\d+$")
_QUESTION_NUMBER = re.compile(r"^q ?\d+ ")


def _words(text):
    return text.split("|") if "|" in text else text.split()


_FIELD_BY_HEADER = {
    header: field for field, headers in SYNONYMS.items() for header in _words(headers)
}
# A bare « Nom » or "Name" is the family name beside a first name, else the whole.
_BARE_NAMES = ("nom", "name", "noms", "names")
# Headers that mean how people are addressed as often as what they do.
TITLES = frozenset(("title", "titles", "titre", "titres"))
KNOWN_HEADERS = frozenset(_FIELD_BY_HEADER).union(_BARE_NAMES)


class Meaning(NamedTuple):
    """What a header means by itself.

    :ivar str field: of ``crm.lead``, or None
    :ivar str base: the header without what says of which kind it is
    :ivar str group: which of several addresses it is of, or ""
    :ivar int rank: 0 where it says most; a higher one gives way
    """

    field: str | None
    base: str
    group: str
    rank: int


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


@lru_cache(maxsize=4096)
def read_header(header):
    """What a header means, whatever program or question it comes from.

    :rtype: Meaning

    >>> read_header("Business Street"), read_header("Home Street").rank
    (Meaning(field='street', base='street', group='business', rank=0), 4)
    >>> read_header("E-mail 2 Address").rank > read_header("E-mail Address").rank
    True
    >>> read_header("What's your *first name*?").field
    'first_name'
    >>> read_header("Person - Name").base, read_header("Company City").rank
    ('name', 6)
    """
    text = normalize_header(header)[:200]
    if _is_known(text):
        return _mean(text, text, 0)
    asked = _ASKED_END.sub("", _ASKED.sub("", f"{text} ", count=1).strip())
    numbered = _NUMBERED.sub("", asked).strip()
    text = _QUESTION_NUMBER.sub("", text)
    for base in dict.fromkeys((asked, numbered, _drop_numbers(asked))):
        if _is_known(base):
            return _mean(text, base, 0)
        found = _without_kind(base)
        if found:
            return _mean(text, *found)
    return Meaning(None, text, "", 0)


def _is_known(base):
    return base in _FIELD_BY_HEADER or base in _BARE_NAMES or base in TITLES


def _drop_numbers(text):
    """``e mail 2 address`` and ``address 1 city`` without their number."""
    return " ".join(word for word in text.split() if not word.isdigit())


def _without_kind(text):
    """The header and the rank of one with words that say of which kind it is."""
    words = text.split()
    kept = [word for word in words if word not in _QUALIFIERS]
    rank = max((_QUALIFIERS[word] for word in words if word in _QUALIFIERS), default=0)
    if not kept:
        # "work mobile": a kind that is a header by itself
        known = next((word for word in reversed(words) if _is_known(word)), None)
        return (known, rank) if known else None
    for drop, allowed, least in (
        (frozenset(), None, 0),
        (_OF_ADDRESS, _ADDRESS, 0),
        (_OF_COMPANY, _REACHED, 3),
    ):
        rest = [word for word in kept if word not in drop]
        while rest and rest[0] in _SMALL:
            rest.pop(0)
        while rest and rest[-1] in _SMALL:
            rest.pop()
        base = " ".join(rest)
        if len(rest) == len(words) or not _is_known(base):
            continue
        field = _FIELD_BY_HEADER.get(base)
        if field in _OURS and not set(words) - set(rest) <= _OF_PROSPECT:
            continue
        if allowed is None or field in allowed:
            return base, max(rank, least)
    return None


def _mean(text, base, rank):
    field, own = _FIELD_BY_HEADER.get(base), base.split()
    rest = [word for word in text.split() if word not in own]
    numbers = re.findall(r"\d+", " ".join(rest)) if base != text else []
    number = next((one.lstrip("0") for one in numbers if one.lstrip("0")), "1")
    group = ""
    if field in _ADDRESS:
        kinds = [word for word in rest if word in _QUALIFIERS or word in _OF_COMPANY]
        group = " ".join([*kinds, *([number] if number != "1" else [])])
    if base == text:
        rank = max(_QUALIFIERS.get(word, 0) for word in base.split() or [""])
    rank = rank * 2 + (base in _GENERAL) + (8 if number != "1" else 0)
    return Meaning(field, base, group, rank)


def field_of_header(header):
    """The field of ``crm.lead`` that a header means by itself, or None.

    >>> field_of_header("Adresse e-mail"), field_of_header("Nom")
    ('email_from', None)
    """
    return read_header(header).field


def is_known_header(header):
    """Whether a cell is what columns are headed with.

    >>> [is_known_header(cell) for cell in ("Nom", "Work Phone", "Ana Roux", "")]
    [True, True, False, False]
    """
    meaning = read_header(header)
    return bool(meaning.field) or meaning.base in _BARE_NAMES or meaning.base in TITLES


def is_bare_name(header):
    """Whether a header is « Nom » or "Name", which is the whole name or its last part.

    >>> is_bare_name("Person - Name"), is_bare_name("Company name")
    (True, False)
    """
    return read_header(header).base in _BARE_NAMES


def guess_fields(headers, given=None):
    """What each header means: {position of the header: field of ``crm.lead``}.

    Headers that mean nothing known are left out; a field is given once, to the
    header that says most, else to the first one.

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
    >>> guess_fields(["Title", "Job Title"])
    {1: 'function'}
    """
    guesses = dict(given or {})
    taken, bare = set(guesses.values()), []
    order = sorted(range(len(headers)), key=lambda at: read_header(headers[at]).rank)
    for position in order:
        if position in guesses:
            continue
        field = field_of_header(headers[position])
        if is_bare_name(headers[position]):
            bare.append(position)
        elif field and field not in taken:
            guesses[position] = field
            taken.add(field)
    for position in bare[:1]:
        field = "last_name" if "first_name" in taken else "contact_name"
        if field not in taken:
            guesses[position] = field
    return guesses
