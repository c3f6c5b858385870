"""Sentences about conversions."""

from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "convert.done_by": _lt("It was already converted, by %(user)s."),
        "convert.done": _lt("It is already converted."),
        "convert.no_person": _lt("No person is named: only the company is created."),
        "convert.no_company": _lt("No company is named: none is created."),
        "convert.archived": _lt("%(contact)s is archived."),
        "convert.missing": _lt(
            "A new contact needs: %(fields)s. Fill this in, or link to an existing"
            " contact."
        ),
        "convert.may_not_create": _lt(
            "This conversion creates contacts, which you may not do. Nothing was"
            " converted. Link to existing contacts, or ask an administrator for"
            " the right “Contact Creation”."
        ),
        "convert.gone": _lt("It was deleted, or you may not see it."),
        "convert.stays": _lt("%(contact)s stays with %(company)s."),
        "convert.has_account": _lt(
            "%(contact)s has a user account, and is not put into %(company)s:"
            " companies share their documents with their people."
        ),
        "convert.joins": _lt(
            "%(contact)s is put into %(company)s, and gets its address."
        ),
        "convert.chosen_contact": _lt(
            "The chosen contact is not a person, or was deleted. Choose a person."
        ),
        "convert.chosen_company": _lt(
            "The chosen record is not a company, or was deleted. Choose a company."
        ),
        "convert.chosen_opportunity": _lt(
            "The chosen opportunity is not open any more. Choose another one."
        ),
        "convert.not_open": _lt("It is not an open prospect."),
        "convert.may_not_change": _lt("You may not change this prospect."),
        "convert.hidden_contact": _lt("It belongs to a contact that you may not see."),
        "convert.changed_since": _lt("Changed since: %(fields)s."),
        "convert.worked_on": _lt("Worked on since: %(contacts)s (%(what)s)."),
        "convert.used_elsewhere": _lt("Used elsewhere: %(contacts)s."),
        "convert.junk": _lt("It is junk: restore it first."),
        "convert.name_one": _lt("Conversion of %(prospect)s"),
        "convert.name": _lt("Conversion of %(count)s prospects"),
    }
)
