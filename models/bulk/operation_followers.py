from odoo import api, models
from odoo.tools import SQL

from .operation_alike import LEAST, SAMPLES


class ProspectOperation(models.Model):
    """Who follows the prospects that a bulk operation hands over.

    Odoo has the new salesperson follow each of them, one record after the other. It
    does so for some; the others get the same rows by SQL, as their columns do.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _subscribe_bulk(self, leads, lead_ids, user_id):
        """As Odoo does for who is assigned, without its mail.

        :param leads: an empty recordset with superuser rights
        """
        values, count = {"user_id": user_id}, len(lead_ids)
        if count >= LEAST and self._may_copy_followers(leads):
            count = SAMPLES
        first, rest = lead_ids[:count], lead_ids[count:]
        before = self._read_followers(first)
        leads.browse(first)._message_auto_subscribe(values)
        if not rest:
            return
        leads.env["mail.followers"].flush_model()
        new = {}
        for lead_id, numbers in self._read_followers(first).items():
            for follower in leads.env["mail.followers"].browse(
                numbers - before[lead_id]
            ):
                new[follower.partner_id] = follower.id
        if new:
            self._copy_followers(rest, list(new.values()))
            leads.env["mail.followers"].invalidate_model()
            leads.browse(rest).invalidate_recordset(
                ["message_follower_ids", "message_partner_ids"]
            )
        else:
            # they had followed before: nothing to be seen of what the others get
            leads.browse(rest)._message_auto_subscribe(values)

    @api.model
    def _may_copy_followers(self, leads):
        """Whether nobody else has a say in who follows."""
        if leads._prospect_get_write_path():
            return False
        paths = self.env["prospect.write.path"]
        return all(
            paths._is_covered(paths._get_module(cls))
            for cls in self.env.registry["mail.followers"].__mro__
            if "create" in vars(cls) or "_insert_followers" in vars(cls)
        )

    @api.model
    def _copy_followers(self, lead_ids, numbers):
        """Have the partners of some followings follow other prospects too, who does
        not yet, with the same subtypes.

        :param list numbers: ids of the followings, one of each partner
        """
        self.env.cr.execute(
            SQL(
                """WITH added AS (
                   INSERT INTO mail_followers (res_model, res_id, partner_id)
                   SELECT sample.res_model, lead.id, sample.partner_id
                     FROM mail_followers AS sample,
                          unnest(%(leads)s) WITH ORDINALITY AS lead (id, place)
                    WHERE sample.id = ANY(%(samples)s)
                      AND NOT EXISTS (
                          SELECT FROM mail_followers AS former
                           WHERE former.res_model = sample.res_model
                             AND former.res_id = lead.id
                             AND former.partner_id = sample.partner_id)
                 ORDER BY lead.place
              ON CONFLICT DO NOTHING
                RETURNING id, partner_id)
                   INSERT INTO mail_followers_mail_message_subtype_rel
                          (mail_followers_id, mail_message_subtype_id)
                   SELECT added.id, rel.mail_message_subtype_id
                     FROM added
                     JOIN mail_followers AS sample
                       ON sample.partner_id = added.partner_id
                      AND sample.id = ANY(%(samples)s)
                     JOIN mail_followers_mail_message_subtype_rel AS rel
                       ON rel.mail_followers_id = sample.id""",
                leads=list(lead_ids),
                samples=numbers,
            )
        )
