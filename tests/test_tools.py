import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase
from odoo.tools import email_normalize

from odoo.addons.prospect import tools
from odoo.addons.prospect.tools import columns, headers, names, values


class TestTools(BaseCase):
    """The examples in the docstrings of ``tools/`` are its unit tests."""

    def test_doctests(self):
        attempted = 0
        for info in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            module = importlib.import_module(info.name)
            with self.subTest(module=info.name):
                result = doctest.testmod(module)
                self.assertEqual(result.failed, 0)
                attempted += result.attempted
        self.assertGreater(attempted, 50)

    def test_split_then_join(self):
        """Splitting loses nothing, but for the comma that is turned round."""
        for name in (
            "Jean Dupont",
            "Cher",
            "Anne-Sophie de La Tour du Pin",
            "DUPONT MARTIN Jean Pierre",
            "李 小龍",
            "María del Carmen García López",
            "محمد بن سلمان",
            "O'Neill",
            "JEAN DUPONT",
            "  two   spaces ",
        ):
            with self.subTest(name=name):
                first_name, last_name = names.split_name(name)
                words = sorted(names.join_name(first_name, last_name).split())
                self.assertEqual(words, sorted(name.split()))
        self.assertEqual(names.split_name("JEAN DUPONT"), ("JEAN", "DUPONT"))
        self.assertEqual(
            names.split_name("María del Carmen García López"),
            ("María", "del Carmen García López"),
        )

    def test_plain_names(self):
        """What is read at the first look is what the whole reading gives."""
        words = [word.capitalize() for word in names._MEANT]
        words += ["Jean", "Dupont", "Li", "Ng", "Jo", "Al", "Maria", "Martin7"]
        looked_at = 0
        for word in words:
            for name in (f"{word} Dupont", f"Jean {word}", f"Al {word}"):
                if plain := names._read_plain(name):
                    looked_at += 1
                    self.assertEqual(plain, names._read_any(names._tidy(name)), name)
        self.assertGreater(looked_at, 10)

    def test_every_synonym_is_normalised(self):
        """A synonym written otherwise than headers are normalised never matches."""
        for field, text in headers.SYNONYMS.items():
            for synonym in headers._words(text):
                with self.subTest(field=field, synonym=synonym):
                    self.assertEqual(headers.normalize_header(synonym), synonym)

    def test_email_is_the_hosts(self):
        """Whatever Odoo takes for one address is normalised as Odoo does it."""
        for text in (
            *("marie@example.com", "Marie.DUPONT@Example.COM", " marie@example.com "),
            *("Marie <marie@example.com>", '"Dupont, Marie" <M@example.com>'),
            *("(Marie) marie@example.com", "<marie@example.com>"),
            *("o'neill@example.com", "a+b_c%d-e@sub.example.co.uk", "1@2.fr"),
            *("éric@example.com", "Éric@Exämple.COM"),
            *("jose@xn--exmple-cua.com", "用户@例子.公司", "MÜLLER@example.com"),
            *("a@b-c.museum", "a_b@example.com", "a..b@example.com", ".a@example.com"),
            *("a@-b.com", "a@b..com", "a@example.com.", "marie@example.com;"),
            *("(comment) marie@example.com", "marie@example.com (Marie)"),
            *("&a@example.com", "a/b@example.com", "a=b@example.com", "a#b@x.com"),
            *(
                "a!b@x.com",
                "a$b@x.com",
                "{a}@x.com",
                "a|b@x.com",
                "~a@x.com",
                "a`b@x.com",
            ),
        ):
            with self.subTest(text=text):
                address = email_normalize(text)
                ours, problem = tools.clean_email(text)
                if address and values.is_deliverable(address):
                    self.assertEqual((ours, problem), (address, None))
                elif ours:
                    self.assertEqual(ours, email_normalize(ours))

    def test_email_of_people(self):
        for text, expected in (
            ("mailto:Marie@example.com", ("marie@example.com", None)),
            ("mailto:marie@example.com?subject=Hello", ("marie@example.com", None)),
            ("marie@example.com.", ("marie@example.com", None)),
            ("E-mail : marie@example.com", ("marie@example.com", None)),
            ("\u200bmarie@example.com\u00a0", ("marie@example.com", None)),
            ("marie@example.com / paul@example.com", ("marie@example.com", "several")),
            ("marie@example.com;marie@example.com", ("marie@example.com", None)),
            ("marie@example.com\npaul@example.com", ("marie@example.com", "several")),
            ("A <a@example.com>, B <b@example.com>", ("a@example.com", "several")),
            ("none", (None, None)),
            ("nobody", (None, "invalid")),
            ("marie@", (None, "invalid")),
            ("@example.com", (None, "invalid")),
            ("marie@localhost", (None, "invalid")),
            ("marie@@example.com", (None, "invalid")),
            ("", (None, None)),
            (None, (None, None)),
        ):
            with self.subTest(text=text):
                self.assertEqual(tools.clean_email(text), expected)

    def test_phones_of_people(self):
        for text, expected in (
            ("33612345678.0", "33612345678"),
            ("+33612345678,0", "+33612345678"),
            ("'0612345678", "0612345678"),
            ("tel:+33612345678", "+33612345678"),
            ("Tél : 01.42.68.53.00", "01.42.68.53.00"),
            ("Port. 06 12 34 56 78", "06 12 34 56 78"),
            ("01 42 68 53 00 poste 12", "01 42 68 53 00"),
            ("+1 (202) 555-0143 x123", "+1 (202) 555-0143"),
            ("+1 202 555 0143 ext. 5", "+1 202 555 0143"),
            ("\uff10\uff16 12 34 56 78", "06 12 34 56 78"),
            ("06\u202f12\u202f34\u202f56\u202f78", "06 12 34 56 78"),
            ("0800 FLOWERS", "0800 FLOWERS"),
            (None, ""),
        ):
            with self.subTest(text=text):
                self.assertEqual(tools.clean_phone_text(text), expected)

    def test_columns(self):
        """Headers, contents, and what was chosen before."""
        people = [
            [
                "Lefèvre",
                "anne@example.com",
                "06 12 34 56 78",
                "0142685300",
                "https://a.fr",
            ],
            ["Dupont", "jean@example.com", "06 12 34 56 79", "", "https://b.fr/x"],
        ]
        phone, email = "phone", "email_from"
        for header, samples, saved, expected in (
            (["", "", "", "", ""], people, None, {1: email, 2: phone, 4: "website"}),
            (
                ["Nom", "Courriel", "Téléphone", "Portable", "Site web"],
                people,
                None,
                {0: "contact_name", 1: email, 2: phone, 4: "website"},
            ),
            (
                ["Nom", "Prénom", "E-mail de l'assistante", "E-mail"],
                [["A", "B", "c@d.fr", "e@f.fr"]],
                None,
                {0: "last_name", 1: "first_name", 2: "assistant_email", 3: email},
            ),
            (["E-mail", "E-mail 2"], [["a@b.fr", "c@d.fr"]], None, {0: email}),
            (["E-mail", "E-mail 2"], [["", "c@d.fr"]], None, {1: email}),
            (
                ["Tags", "Étiquettes", "Notes", "Comments"],
                [],
                None,
                {
                    0: "tag_ids",
                    1: "tag_ids",
                    2: "description",
                    3: "description",
                },
            ),
            (
                ["email_from", "partner_name", "user_id/id"],
                [],
                None,
                {
                    0: email,
                    1: "partner_name",
                    2: "user_id",
                },
            ),
            (["Truc", "Mail"], [], {"truc": email, "mail": None}, {0: email}),
            (
                ["Truc", "Machin"],
                [],
                {"truc": "company", "machin": "nonsense"},
                {
                    0: "partner_name",
                },
            ),
            (["SIRET", "Facture"], [["44306184100047", "0123456789"]], None, {}),
            (["id", "ID"], [["12", "13"]], None, {}),
            (["id"], [["__import__.lead_1"]], None, {0: "id"}),
            (["Contact"], [["a@b.fr"]], None, {0: email}),
            (
                ["Code postal", "Ville", "Pays", "Département"],
                [],
                None,
                {
                    0: "zip",
                    1: "city",
                    2: "country_id",
                    3: "state_id",
                },
            ),
        ):
            with self.subTest(header=header, saved=saved):
                guesses = tools.guess_columns(header, samples, saved)
                self.assertEqual(
                    {position: guess.target for position, guess in guesses.items()},
                    expected,
                )

    def test_targets(self):
        """No header leads to a target that columns do not have, and none to two."""
        self.assertLessEqual(
            set(headers.SYNONYMS), {*columns.TARGETS, columns.OPTED_OUT}
        )
        known = [
            word for text in headers.SYNONYMS.values() for word in headers._words(text)
        ]
        self.assertEqual(len(known), len(set(known)))
