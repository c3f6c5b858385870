from odoo import http
from odoo.http import request

from odoo.addons.mass_mailing.controllers.main import MassMailController


class ProspectMassMailController(MassMailController):
    """Who opens, clicks and leaves; and nothing is changed by opening an address."""

    # --- Openings -------------------------------------------------------------------

    @http.route()
    def track_mail_open(self, mail_id, token, **post):
        response = super().track_mail_open(mail_id, token, **post)
        # sudo: whoever opens a mail has no rights; the token was checked
        traces = request.env["mailing.trace"].sudo()
        traces = traces.search([("mail_mail_id_int", "=", mail_id)])
        traces._prospect_note_hit(
            "open",
            request.httprequest.headers.get("User-Agent"),
            is_head=request.httprequest.method == "HEAD",
        )
        return response

    # --- Leaving --------------------------------------------------------------------

    @http.route()
    def mailing_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None, **post
    ):
        """Ask first: mail programs and scanners open each address of a mail.

        Odoo unsubscribes whoever opens this address. Here only a form that is sent
        does, and the one-click button of mail programs, which sends one (RFC 8058).
        """
        if request.httprequest.method == "POST":
            return super().mailing_unsubscribe(
                mailing_id, document_id=document_id, email=email, hash_token=hash_token
            )
        page = self.mailing_confirm_unsubscribe(
            mailing_id, document_id=document_id, email=email, hash_token=hash_token
        )
        found, token = self._fetch_user_information(email, hash_token)
        mailing = self._check_mailing_email_token(mailing_id, document_id, found, token)
        if not self._prospect_has_left(mailing, found):
            return page
        # the page where it can be looked at, and taken back
        values = self._prepare_mailing_subscription_values(
            mailing, document_id, found, token
        )
        return request.render("mass_mailing.page_mailing_unsubscribe", values)

    def _prospect_has_left(self, mailing, email):
        """Whether somebody has unsubscribed before from what the mailing is about."""
        record = self._fetch_blocklist_record(email)
        if record and record.active:
            return True
        if not mailing.mailing_on_mailing_list:
            return False
        lists = mailing.contact_list_ids
        own = self._fetch_contacts(email).subscription_ids
        own = own.filtered(lambda one: one.list_id in lists)
        return bool(own) and all(own.mapped("opt_out"))

    def _mailing_unsubscribe_from_list(self, mailing, document_id, email, hash_token):
        self._prospect_note_unsubscribed(mailing, document_id, email, hash_token)
        return super()._mailing_unsubscribe_from_list(
            mailing, document_id, email, hash_token
        )

    def _mailing_unsubscribe_from_document(
        self, mailing, document_id, email, hash_token
    ):
        self._prospect_note_unsubscribed(mailing, document_id, email, hash_token)
        return super()._mailing_unsubscribe_from_document(
            mailing, document_id, email, hash_token
        )

    @http.route()
    def mail_blocklist_add(
        self, mailing_id=None, document_id=None, email=None, hash_token=None
    ):
        result = super().mail_blocklist_add(mailing_id, document_id, email, hash_token)
        if result is True:
            self._prospect_note_unsubscribed(mailing_id, document_id, email, hash_token)
        return result

    @http.route()
    def mail_blocklist_remove(
        self, mailing_id=None, document_id=None, email=None, hash_token=None
    ):
        result = super().mail_blocklist_remove(
            mailing_id, document_id, email, hash_token
        )
        if result is True:
            self._prospect_note_unsubscribed(
                mailing_id, document_id, email, hash_token, is_back=True
            )
        return result

    def _prospect_note_unsubscribed(
        self, mailing, document_id, email, hash_token, is_back=False
    ):
        """Only by the signed link of a mail: who tries the page has received none."""
        if not hash_token:
            return
        # sudo: whoever unsubscribes has no rights; the link was checked before
        mailings = request.env["mailing.mailing"].sudo()
        if isinstance(mailing, int):
            mailing = mailings.browse(mailing)
        request.env["mailing.trace"]._prospect_note_unsubscribed(
            mailing, document_id, email, is_back=is_back
        )
