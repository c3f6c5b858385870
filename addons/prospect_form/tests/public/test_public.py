from lxml import html

from odoo.tests import tagged

from odoo.addons.prospect.tests.common import TablesMixin

from ..common import PublicCase


@tagged("post_install", "-at_install")
class TestPublic(TablesMixin, PublicCase):
    """The page of a form, as browsers get it."""

    def _get(self, path="", form=None, **options):
        return self.url_open(
            f"/prospect/form/{(form or self.form).slug}{path}", **options
        )

    def _page(self, path="", **options):
        return html.fromstring(self._get(path, **options).content)

    def test_page(self):
        """Every field has a label, and says what it is to machines."""
        self.assertTrue(self._get().text.startswith("<!DOCTYPE html>"))
        self.assertIn("'Segoe UI'", self._get().text)
        page = self._page()
        self.assertEqual(page.findtext(".//h1"), "Spring fair")
        for key in ("first_name", "last_name", "e_mail", "room"):
            (control,) = page.xpath(f"//*[@id='pf-{key}']")
            (label,) = page.xpath(f"//label[@for='pf-{key}']")
            self.assertEqual(control.get("name"), key)
            self.assertTrue(label.text_content().strip())
        self.assertEqual(page.xpath("//*[@id='pf-e_mail']/@autocomplete"), ["email"])
        self.assertEqual(page.xpath("//*[@id='pf-last_name']/@aria-required"), ["true"])
        (group,) = page.xpath("//fieldset[@id='pf-accommodation']")
        self.assertEqual(group.xpath(".//input/@type"), ["radio", "radio"])
        self.assertEqual(page.xpath("//*[@data-key='room']/@hidden"), ["hidden"])

    def test_no_cookie(self):
        """It works in a foreign page, where browsers keep no cookies."""
        for response in (self._get(), self._get("/thanks"), self._post(**self.MARIE)):
            self.assertNotIn("Set-Cookie", response.headers)

    def test_frames(self):
        """Forms can be shown anywhere, other pages of Odoo cannot."""
        response = self._get()
        self.assertIn("frame-ancestors *", response.headers["Content-Security-Policy"])
        self.assertNotIn("X-Frame-Options", response.headers)
        self.authenticate("prospect_manager", "prospect_manager")
        self.assertEqual(self.url_open("/odoo").headers["X-Frame-Options"], "DENY")

    def test_policy(self):
        """Where the page may send to cannot be bent by the thank-you address."""
        self.form.thanks_url = "https://example.com;script-src/'unsafe-inline'"
        policy = self._get().headers["Content-Security-Policy"]
        self.assertIn("form-action 'self' https://example.com", policy)
        self.assertNotIn("example.com;script-src", policy)
        self.assertIn("script-src 'self';", policy)

    def test_unknown(self):
        for path in (
            "/prospect/form/nothing",
            "/prospect/form/%00",
            "/prospect/form/a'b",
        ):
            self.assertEqual(self.url_open(path).status_code, 404)
        self.form.active = False
        self.assertEqual(self._get().status_code, 404)

    def test_get_changes_nothing(self):
        """Opening any address leaves the database as it was [GET]."""
        self._get()
        before = self._tables()
        for path in (
            *("", "/fr", "/thanks", "?lang=fr", "?embed=1", "/seen", "/qr.svg"),
            "?first_name=Ana&accommodation=Yes&owner=1&utm_source=x",
        ):
            self._get(path)
            self.url_open(f"/prospect/form/{self.form.slug}{path}", method="HEAD")
        self.assertSameTables(before)

    def test_prefilled(self):
        """An address fills in the form's own questions, and no others."""
        page = self._page(
            "?first_name=Ana&accommodation=YES&room=double&last_name=%3Cb%3E"
            "&utm_source=mail&prospect_token=x"
        )
        self.assertEqual(page.xpath("//*[@id='pf-first_name']/@value"), ["Ana"])
        self.assertEqual(page.xpath("//*[@id='pf-last_name']/@value"), ["<b>"])
        self.assertEqual(page.xpath("//input[@checked]/@value"), ["yes"])
        self.assertEqual(page.xpath("//option[@selected]/@value"), ["double"])
        self.assertFalse(page.xpath("//*[@data-key='room']/@hidden"))
        self.assertEqual(page.xpath("//input[@name='utm_source']/@value"), ["mail"])
        self.assertNotEqual(page.xpath("//input[@name='prospect_token']/@value"), ["x"])

    def test_languages(self):
        form = self.form.with_context(lang="fr_FR")
        form.name = "Salon de printemps"
        form.field_ids[1].label = "Nom"
        french = self._page("/fr")
        self.assertEqual(french.get("lang"), "fr-FR")
        self.assertEqual(french.findtext(".//h1"), "Salon de printemps")
        self.assertIn(
            "Nom", french.xpath("//label[@for='pf-last_name']")[0].text_content()
        )
        by_browser = self._get(headers={"Accept-Language": "fr-BE,fr;q=0.9"})
        self.assertIn("Salon de printemps", by_browser.text)
        self.assertIn("Spring fair", self._get(headers={"Accept-Language": "de"}).text)
        # what the page says by itself
        self.form.lang_ids = self.env["res.lang"].search([("code", "=", "en_US")])
        self.assertIn("Spring fair", self._get("/fr").text)
        response = self._post(**self.MARIE)
        self._make_answers()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._answers().lang_id.code, "en_US")
        self.assertEqual(self._leads().lang_id.code, "en_US")

    def test_language_keeps_what_is_given(self):
        page = self._page("?utm_campaign=fair&lang=en")
        for link in page.xpath("//nav//a/@href"):
            self.assertTrue(link.endswith("?utm_campaign=fair"), link)

    def test_identifiers(self):
        """No question takes the identifier of something else on the page."""
        for label in ("Message", "Main", "Thanks", "Action", "Elements"):
            self.env["prospect.form.field"].create(
                {"form_id": self.form.id, "type": "text", "label": label}
            )
        page = self._page()
        found = page.xpath("//@id")
        self.assertEqual(len(found), len(set(found)))
        self.assertIn("pf-message", found)
        self.assertFalse({"action", "elements"} & set(page.xpath("//form//@name")))

    def test_without_script(self):
        """The simple form: the page comes back with what is wrong, and then thanks."""
        page = html.fromstring(
            self._post(page=True, **{**self.MARIE, "e_mail": "marie@"}).content
        )
        error = page.get_element_by_id("pf-e_mail-error").text
        self.assertIn("not an e-mail address", error)
        control = page.get_element_by_id("pf-e_mail")
        self.assertEqual(control.get("aria-describedby"), "pf-e_mail-error")
        self.assertEqual(control.get("aria-invalid"), "true")
        self.assertEqual(control.get("value"), "marie@")
        self.assertEqual(page.xpath("//input[@checked]/@value"), ["no"])
        token = page.xpath("//input[@name='prospect_token']/@value")[0]
        found = self._post(page=True, token=token, **self.MARIE)
        self.assertEqual(found.status_code, 303)
        thanks = self.url_open(found.headers["Location"])
        self.assertIn("Thank you.", thanks.text)
        self.assertEqual(thanks.status_code, 200)
        self.form.thanks_url = "https://example.com/thanks"
        found = self._post(page=True, **self.MARIE)
        self.assertEqual(found.headers["Location"], "https://example.com/thanks")

    def test_nothing_is_run(self):
        """Texts of the form and of visitors are texts."""
        self.form.name = "<script>alert(1)</script>"
        self.form.intro = "<p onclick='x()'>Hello</p><script>alert(2)</script>"
        self.form.field_ids[0].write({"label": "</script><b>", "help": "<i>"})
        page = self._get("?first_name='\"><script>alert(3)</script>").text
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("onclick", page)
        self.assertNotIn("</script><b>", page)

    def test_names_of_arguments(self):
        """What visitors call their values is none of Python's names."""
        for name in ("self", "slug", "lang", "args", "cls"):
            found = self._get(f"?{name}=1")
            self.assertEqual(found.status_code, 200, name)
            response = self.url_open(
                f"/prospect/form/{self.form.slug}",
                data={**self.MARIE, "prospect_token": self._token(), name: "1"},
                headers={"Accept": "application/json"},
            )
            self.assertEqual(response.json()["state"], "kept", name)

    def test_large_bodies(self):
        response = self.url_open(
            f"/prospect/form/{self.form.slug}/seen", data={"kind": "x" * 20_000}
        )
        self.assertEqual(response.status_code, 413)

    def test_figures(self):
        """Views, starts and stops are counted by POST, of pages that we have made."""
        address = f"/prospect/form/{self.form.slug}/seen"
        token = self._token()
        for kind in ("view", "start"):
            self.url_open(address, data={"kind": kind, "prospect_token": token})
        self.url_open(address, data={"kind": "view", "prospect_token": "forged"})
        self.url_open(
            address,
            data={
                "kind": "leave",
                "prospect_token": token,
                "shown": "first_name,last_name,nothing",
                "touched": "first_name",
                "last": "first_name",
            },
        )
        self._send()
        self.env.invalidate_all()
        rows = {
            row.field_id.key or "": (row.views, row.starts, row.answers, row.stops)
            for row in self.env["prospect.form.count"].search(
                [("form_id", "=", self.form.id)]
            )
        }
        self.assertEqual(rows[""], (1, 1, 1, 0))
        self.assertEqual(rows["first_name"], (1, 1, 1, 1))
        self.assertEqual(rows["last_name"], (1, 0, 1, 0))
        self.assertNotIn("room", rows)

    def test_captcha(self):
        """Odoo's captcha, where it is installed: what fails it is kept aside."""

        def refuse(routing, action):
            raise ValueError(action)

        self.patch(self.registry["ir.http"], "_verify_request_recaptcha_token", refuse)
        self.assertEqual(self._send()["state"], "kept")
        self.assertIn("captcha", self._answers().capture_id.reason)
