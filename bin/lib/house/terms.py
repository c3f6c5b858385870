"""The terms to translate: exported from a database, merged into the translations,
checked. Runs where Odoo is.

``python -m house.terms [--check] [ADDON...]`` works on a copy of the test database.
"""

import io
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

import polib

from . import console, databases
from .console import Trouble, say
from .places import addon_sources

LANGUAGES = ("fr",)
PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[#0\- +]*\d*(?:\.\d+)?[sdifgr]|%%|\$\{[^}]+\}|\{\w*\}"
)
# Odoo exports the fields that its own mixins add to our models; it has translated them
# itself.
BORROWED_FIELD = re.compile(
    r"ir\.model\.fields,(?:field_description|help):.*__(?:id|display_name|create_uid|create_date|write_uid|write_date"
    r"|message_\w+|activity_\w+|my_activity_\w+|has_message|website_message_ids|rating_ids)$"
)
# So are the names of its models, which we only extend.
BORROWED_MODEL = re.compile(
    r"model:ir\.model,name:\w+\.model_(?!prospect|test_prospect)"
)
LENDERS = ("crm", "sales_team", "utm", "mail", "base")
# Attributes of tags that are no text.
CODE = re.compile(
    r"""\s((?!title=|aria-label=|placeholder=|alt=|string=)[\w:-]+="[^"]*")"""
)
# Hold expressions beside texts: the typography of texts is not theirs.
TAG = re.compile(r"(<[^>]*>)")
# What French typography asks for, as (what is looked for, what stands there instead):
# a space that does not break before : ; ! ? % and inside « », an apostrophe and an
# ellipsis of their own. A % that begins a placeholder has an ordinary space before it.
FRENCH = (
    (re.compile(r"(?<=\S) (?=[:;!?»](?!\w))"), "\xa0"),
    (re.compile(r"(?<=\S) (?=%%|%(?![\w(%]))"), "\xa0"),
    (re.compile(r"(?<=«) (?=\S)"), "\xa0"),
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "\N{RIGHT SINGLE QUOTATION MARK}"),
    (re.compile(r"\.\.\."), "…"),
)


def export(env, addons):
    """Each add-on's terms, as a polib file."""
    from odoo.tools.translate import TranslationFileWriter, TranslationModuleReader

    rows = defaultdict(list)
    for row in TranslationModuleReader(env.cr, modules=list(addons), lang=None):
        rows[row[0]].append(row)
    exported = {}
    for addon in addons:
        buffer = io.BytesIO()
        TranslationFileWriter(buffer, fileformat="po", lang=None).write_rows(
            rows[addon]
        )
        terms = polib.pofile(buffer.getvalue().decode())
        # They would differ each time.
        for name in ("POT-Creation-Date", "PO-Revision-Date"):
            terms.metadata.pop(name, None)
        exported[addon] = terms
    return exported


def read(path):
    """A translation file, or an empty one."""
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def placeholders_differ(entry):
    """Whether a translation would break the text it is put in."""
    return bool(entry.msgstr) and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
        PLACEHOLDER.findall(entry.msgstr)
    )


def code_differs(entry):
    """Whether a translation has other expressions than its term: they are no text, and
    a page with a changed one breaks.
    """
    return bool(entry.msgstr) and sorted(CODE.findall(entry.msgid)) != sorted(
        CODE.findall(entry.msgstr)
    )


def mend_french(text):
    """A French text with the spaces and signs that its typography asks for.

    >>> mend_french("Que faire ? « Rien » : c'est fait...")
    'Que faire\\xa0? «\\xa0Rien\\xa0»\\xa0: c\u2019est fait…'
    >>> mend_french("%(share)s % des %(count)s, de %s %%")
    '%(share)s\\xa0% des %(count)s, de %s\\xa0%%'
    """
    parts = TAG.split(text)  # texts, and between them tags, which hold Python
    for position in range(0, len(parts), 2):
        for wrong, right in FRENCH:
            parts[position] = wrong.sub(right, parts[position])
    return "".join(parts)


def complaints(terms, translation):
    """What is wrong with a translation of these terms, one line each."""
    mend = MENDERS.get(translation.metadata.get("Language"), str)
    known = {entry.msgid: entry for entry in translation if not entry.obsolete}
    for term in terms:
        entry = known.get(term.msgid)
        if not entry or not entry.translated():
            where = term.occurrences[0][0] if term.occurrences else "?"
            yield f"not translated: {term.msgid!r} ({where})"
        elif placeholders_differ(entry):
            yield f"other placeholders: {term.msgid!r} -> {entry.msgstr!r}"
        elif code_differs(entry):
            yield f"other attributes: {term.msgid!r} -> {entry.msgstr!r}"
        elif mend(entry.msgstr) != entry.msgstr:
            yield f"typography, which bin/i18n mends: {entry.msgstr!r}"


MENDERS = {"fr": mend_french}


def _is_borrowed(occurrence):
    return BORROWED_FIELD.search(occurrence) or BORROWED_MODEL.match(occurrence)


def lent(language):
    """Odoo's own translations of what its mixins bring."""
    known = {}
    for addon in LENDERS:
        path = next(
            Path(os.environ["PROSPECT_ODOO"]).glob(
                f"**/addons/{addon}/i18n/{language}.po"
            )
        )
        known.update(
            {
                entry.msgid: entry.msgstr
                for entry in polib.pofile(str(path))
                if entry.translated()
            }
        )
    return known


def merge(terms, translation, language, borrowed):
    """Bring a translation up to the terms: new ones in, old ones out."""
    translation.metadata = {
        **terms.metadata,
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    translation.header = terms.header
    translation.merge(terms)
    for entry in translation.obsolete_entries():
        translation.remove(entry)
    for entry in translation:
        occurrences = [
            f"{name}:{line}" if line else name for name, line in entry.occurrences
        ]
        if not entry.msgstr and all(map(_is_borrowed, occurrences)):
            entry.msgstr = borrowed.get(entry.msgid, "")
        entry.msgstr = MENDERS.get(language, str)(entry.msgstr)
    translation.sort(key=lambda entry: entry.msgid)


def work(env, check, only):
    """Merge or check every add-on; return the number of complaints."""
    installed = env["ir.module.module"].search([("state", "=", "installed")])
    addons = [
        name
        for name in addon_sources()
        if name in installed.mapped("name") and (not only or name in only)
    ]
    if only - set(addons):
        raise Trouble(f"not an add-on of ours: {', '.join(sorted(only - set(addons)))}")
    borrowed = {language: lent(language) for language in LANGUAGES}
    troubles = 0
    for addon, terms in export(env, addons).items():
        folder = addon_sources()[addon] / "i18n"
        pot = folder / f"{addon}.pot"
        if check and {entry.msgid for entry in read(pot)} != {
            entry.msgid for entry in terms
        }:
            say(f"{pot}: is not what the sources say; run bin/i18n")
            troubles += 1
        elif not check and str(read(pot)) != str(terms):
            terms.save(str(pot))
            say(f"{pot}: {len(terms)} terms")
        for language in LANGUAGES:
            path = folder / f"{language}.po"
            translation = read(path)
            if not check:
                before = str(translation)
                merge(terms, translation, language, borrowed[language])
                if str(translation) != before:
                    translation.save(str(path))
            wrong = list(complaints(terms, translation))
            say(f"{path}: {len(terms) - len(wrong)} of {len(terms)} terms are right")
            for line in wrong:
                say(f"  {line}")
            troubles += len(wrong)
    return troubles


def run():
    """Work on a copy of the test database."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    only = {word for word in sys.argv[1:] if word != "--check"}
    databases.check_server()
    databases.start_odoo()
    name = databases.copy_for_run("i18n")
    try:
        with Registry(name).cursor() as cr:
            troubles = work(
                api.Environment(cr, SUPERUSER_ID, {}), "--check" in sys.argv, only
            )
        Registry.delete_all()
    finally:
        databases.drop(name)
    if troubles:
        raise Trouble(f"{troubles} terms need work, as listed above.")
    say("every term is translated")


if __name__ == "__main__":
    console.main(run)
