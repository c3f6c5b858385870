from lxml import html

from odoo import models

# The field that people do not see: it tempts machines, and no browser fills it in.
TRAP = "prospect_url"
FORMS = "//form[@data-model_name='crm.lead']"


class IrQweb(models.AbstractModel):
    """Forms of the website that bring in prospects hold a field for machines.

    When a page is rendered, so that it is in all forms, also those made before, and in
    none that somebody edits. It costs nothing: a page is compiled once.
    """

    _inherit = "ir.qweb"

    def _get_template(self, template):
        element, document, ref = super()._get_template(template)
        context = self.env.context
        is_edited = context.get("inherit_branding") or context.get(
            "inherit_branding_auto"
        )
        if "crm.lead" in (document or "") and not is_edited:
            for form in element.xpath(FORMS):
                if not form.xpath(f".//input[@name='{TRAP}']"):
                    form.append(self._prospect_make_trap())
        return element, document, ref

    def _prospect_make_trap(self):
        """The field: out of sight, of the keyboard and of what is read aloud."""
        trap = html.fragment_fromstring(
            "<div aria-hidden='true' style='position: absolute; left: -10000px;"
            " width: 1px; height: 1px; overflow: hidden'><label><span></span>"
            f"<input type='text' name='{TRAP}' tabindex='-1' autocomplete='off'/>"
            "</label></div>"
        )
        trap.find(".//span").text = self.env._("Leave this field empty")
        return trap
