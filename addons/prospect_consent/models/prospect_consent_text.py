from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ProspectConsentText(models.Model):
    """What somebody read and agreed to, word for word: each text once, for ever."""

    _name = "prospect.consent.text"
    _description = "Text of Consents"
    _log_access = False
    _rec_name = "digest"

    digest = fields.Char(
        required=True, readonly=True, help="SHA-256 of the text: its version."
    )
    # as it was shown: what could run was taken out when the form was written
    content = fields.Html(required=True, readonly=True, sanitize=False)
    date = fields.Datetime(
        string="First Shown", readonly=True, default=lambda self: self.env.cr.now()
    )

    _digest_unique = models.UniqueIndex("(digest)")

    @api.depends("digest")
    def _compute_display_name(self):
        for text in self:
            text.display_name = (text.digest or "")[:12]

    @api.model
    def _digest(self, content):
        """What a text is known by."""
        return sha256(content.encode()).hexdigest()

    @api.model
    def _keep(self, contents):
        """Keep texts, each once, and say by what they are known.

        By SQL: in the short transaction in which an answer is kept.

        :param contents: texts of HTML as they were shown
        :return: {text: digest}
        """
        digests = {content: self._digest(content) for content in contents}
        if digests:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_consent_text (digest, content, date)
                            VALUES %s ON CONFLICT (digest) DO NOTHING""",
                    SQL(", ").join(
                        SQL("(%s, %s, now() AT TIME ZONE 'UTC')", digest, content)
                        for content, digest in sorted(digests.items())
                    ),
                )
            )
        return digests

    def write(self, vals):
        """Refused: somebody has agreed to these very words."""
        # pylint: disable=method-required-super
        self.check_access("write")
        raise UserError(self.env._("The text of a consent cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The text of a consent cannot be deleted."))
