"""Where a text stands in a payload, and what that makes of it.

A form has a title as people have, a meeting has a host, a company a telephone: the keys
around a value say whose it is.
"""

import re

from .headers import (
    KNOWN_HEADERS,
    TITLES,
    field_of_header,
    is_bare_name,
    normalize_header,
)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBERED = re.compile(r"^q ?\d+ | ?\d+$")


def _set(text):
    return frozenset(text.split())


# Who is spoken of is somebody else.
_OTHERS = _set(
    """
    owner host organizer organiser organisateur assignee agent salesperson rep creator
    membership memberships guests manager recipient instructor trainer speaker
    proprietaire commercial vendeur invitor inviter referrer staff coach consultant
    administrator admin operator editor updater hosts owners seller vendor
    """
)
_OTHERS_BY = frozenset(
    (
        *("assigned to", "created by", "updated by", "modified by", "invited by"),
        *("sent by", "assigned user", "to", "cc", "sales rep", "account manager"),
        *("last modified", "cancelled by", "canceled by", "rescheduled by"),
    )
)
_COMPANIES = _set(
    """
    company companies organization organisation organizations org account employer
    societe entreprise business etablissement companyinfo organisme
    """
)
# What has a name or a title of its own, and is nobody.
_THINGS = _set(
    """
    form forms meeting event events campaign ad adset page product page products item
    items course webinar session survey workspace list lists definition quiz site store
    shop ticket deal opportunity pipeline stage source utm tracking calendar team plan
    subscription invoice channel app integration metadata meta question questions venue
    template project file files image logo document appointment booking reservation
    order orders category collection formation conference room service slot type topic
    board group workflow trigger webhook subscriptions variant coupon offer status
    audience tags tag newsletter article post video download variables browser device
    """
)
# Things that may be written about a person all the same, where they hold an address.
_LOOSE = _set(
    """
    form order booking reservation appointment subscription ticket invoice item items
    list lists group
    """
)
# Those of them that are nothing but what they hold.
_CONTAINERS = _set("form item items list lists group")
# Who it is about, without the s of several.
_PERSONS = _set(
    """
    contact person people invitee attendee registrant respondent customer client lead
    prospect user member subscriber profile buyer participant identity attribute visitor
    object record merge trait sender applicant candidate detail
    """
)
_OF_PERSON = _set("property properties address addresses")
# What holds the answers: a name beside it is that of what was answered.
_ANSWERS = frozenset(
    (
        *("fields", "answers", "questions", "responses", "response", "submission"),
        *("submissions", "data", "payload", "form response", "field data", "values"),
    )
)
_ABOUT_FORM = re.compile(r"(?:form|submission|survey|event|page|webinar|quiz)\b")
_PLACES = _set("location place geo geoip")
_NAMES = _set("name title label text value subject")
_PARTS = frozenset(("name", "value", "text", "number", "label", "title", "formatted"))
_OF_PLACE = frozenset(("street", "street2", "zip", "city", "state_id", "country_id"))
_OF_COMPANY = _OF_PLACE | {"email_from", "phone", "website", "partner_name"}
_PERSONAL = _OF_PLACE | {
    *("email_from", "phone", "first_name", "last_name", "contact_name", "partner_name"),
}


def read_key(key):
    """A key as a header.

    >>> read_key("firstName"), read_key("q3_fullName3"), read_key("E_MAIL")
    ('first name', 'full name', 'e mail')
    """
    text = normalize_header(_CAMEL.sub(" ", str(key)))
    return text if text in KNOWN_HEADERS else _NUMBERED.sub("", text).strip()


def describe_place(keys, header, is_asked=False, beside=()):
    """What a text is to be taken for: a header, and how late it is asked.

    :param tuple keys: where it stands, see ``payload.Entry``
    :param str header: what it is called
    :param bool is_asked: whether that is a question
    :param beside: keys of the same object
    :return: (header, rank); the header is empty where it is not about the person

    >>> describe_place(("company", "name"), "name")
    ('company name', 0)
    >>> describe_place(("form", "title"), "title"), describe_place(("email",), "email")
    (('', 0), ('email', 0))
    >>> describe_place(("title",), "title", beside=("title", "form_id", "email"))
    ('', 0)
    >>> describe_place(("scheduled_event", "host", "email"), "email")
    ('', 0)
    >>> describe_place(("q", "name", "first"), "first")
    ('first name', 0)
    """
    parts = [read_key(key) for key in keys if not str(key).isdigit()]
    parts = [part for part in parts if part] or [normalize_header(header)]
    if is_asked:
        return _read_question(header, parts[-1]), 0
    last, parent = parts[-1], parts[-2] if len(parts) > 1 else ""
    kinds = ((part, _classify(part)) for part in reversed(parts[:-1]))
    holder, kind = next((found for found in kinds if found[1]), ("", ""))
    if parent == "assistant":
        return ("assistant email" if field_of_header(last) == "email_from" else ""), 0
    if kind == "other" or _is_other(last):
        return "", 0
    read = {"thing": _read_of_thing, "company": _read_of_company, "place": _read_place}
    if kind in read:
        return read[kind](last, holder, beside)
    if _is_of_envelope(last, beside):
        return "", 0
    return _read_beside(last, parent), 0


def _is_of_envelope(last, beside):
    """Whether a name or a title is that of a form, which holds the answers or is
    numbered beside it.
    """
    keys = {read_key(key) for key in beside}
    if last in _NAMES and keys & _ANSWERS:
        reached = ("email_from", "phone", "first_name", "last_name")
        return not any(field_of_header(key) in reached for key in keys)
    return last in TITLES and any(_ABOUT_FORM.match(key) for key in keys - {last})


def _classify(part):
    """Whose what is in an object is: "" where it is the person's."""
    word = part.rpartition(" ")[2]
    if _is_other(part):
        return "other"
    if word.rstrip("s") in _PERSONS or word in _OF_PERSON or part in _ANSWERS:
        return "person"
    if word in _COMPANIES:
        return "company"
    if word in _PLACES:
        return "place"
    return "thing" if word in _THINGS else ""


def _is_other(part):
    """Whether words speak of a colleague: ``owner``, ``host email``, ``event host``."""
    words = part.split()
    return " ".join(words[:2]) in _OTHERS_BY or any(word in _OTHERS for word in words)


def _read_of_thing(last, thing, beside):
    """What a thing says of the person: nothing, but for the address of one that is
    about a person.
    """
    field, word = field_of_header(last), thing.rpartition(" ")[2]
    is_loose = word in _LOOSE and any(
        field_of_header(read_key(key)) in ("email_from", "phone", "first_name")
        for key in beside
    )
    if is_loose and word in _CONTAINERS:
        return last, 1
    if field in ("email_from", "phone") or (is_loose and field in _PERSONAL):
        return last, 2
    return "", 0


def _read_of_company(last, _holder, _beside):
    """What a company says: its name, and how it is reached where the person is not."""
    if last in _NAMES or last == "display name":
        return "company name", 0
    return (last, 1) if field_of_header(last) in _OF_COMPANY else ("", 0)


def _read_place(last, _holder, _beside):
    return (last, 1) if field_of_header(last) in _OF_PLACE else ("", 0)


def _read_beside(last, parent):
    """A key with the one that holds it: ``job.title``, ``name.first``."""
    for header in (f"{parent} {last}", f"{last} {parent}"):
        if parent and (field_of_header(header) or is_bare_name(header)):
            whole = field_of_header(last) if last not in _PARTS else None
            if not whole or field_of_header(header) == whole or last == "address":
                return header
    field = field_of_header(parent) if last in _PARTS else None
    if field and not (field == "street" and last in _NAMES):
        return parent
    return last


def _read_question(header, last):
    """A question, or the part of an answer that has several."""
    title = normalize_header(header)
    if field_of_header(header) or is_bare_name(header):
        return header
    if last and title.endswith(f" {last}"):
        for part in (f"{last} name", last):
            if field_of_header(part):
                return part
    return header
