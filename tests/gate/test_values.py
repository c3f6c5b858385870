"""What a value means, read without a database: the inputs of people, and their values.

Tables first, then a generated corpus that is read with what was put in.
"""
# ruff: noqa: E501, RUF001 - tables of what people write

import random
from datetime import date, datetime
from itertools import product

import phonenumbers

from odoo.tests import BaseCase

from ...tools import emails, names
from ...tools.columns import guess_columns
from ...tools.conversion import company_key
from ...tools.countries import find_country_code
from ...tools.figures import Style, read_date, read_moment, read_number
from ...tools.headers import normalize_header
from ...tools.phone_cells import find_phone_country, read_phone_cell
from ...tools.properties import READ_PROPERTIES, Way, read_property
from ...tools.texts import clean_text, fold, is_nothing
from ...tools.titles import find_kind
from ...tools.values import parse_bool, read_cell, split_cell

FRENCH, AMERICAN = Style("dmy", ",", ""), Style("mdy", ".", ",")
GERMAN = Style("dmy", ",", ".")


class TestValues(BaseCase):
    def _check(self, read, table):
        for given, expected in table:
            with self.subTest(given=given):
                self.assertEqual(read(given), expected)

    # --- Addresses ------------------------------------------------------------------

    def test_addresses_out_of_words(self):
        """An address with a blank is nobody's, above all not a stranger's."""
        nobody = (None, "invalid")
        for text in (
            *("ana roux@x.example.com", "ana@ x.example.com", "ana@x.example .com"),
            *("ana@x.example com", "ana @x.example.com", "ana\u00a0roux@x.example.com"),
            *(
                "ana,roux@x.example.com",
                "ana, roux@x.example.com",
                "a;b roux@x.example",
            ),
            *(
                "Ana Roux ana@x.example.com",
                "ana@x.example.com Paris",
                "to ana@x.example",
            ),
            *("ana roux@x.example <", "ana@x.exam ple", "ana\troux@x.example.com"),
            *(
                "ana@x.example, bob@",
                "x.example/-",
                "ana@x.example/-",
                "ana(at)x.example",
            ),
            *("ana@@x.example", "ana@x@y.example", "ana@x..example", "ana@x_y.example"),
            *("ana@-x.example", "ana@x-.example", "ana@1.2.3.4", "ana@x", "@x.example"),
            *("ana%20roux@x.example", "ana@x.example, Paris", "perso ana@x.example"),
            *("ana roux@x.example <ana@", "ana@x.example#", "ana@x.example=", "ana"),
        ):
            with self.subTest(text=text):
                self.assertEqual(emails.clean_email(text), nobody)

    def test_addresses_with_names(self):
        for text in (
            *("ana@x.example", "'ana@x.example'", "ana@x.example!", "ana@x.example%20"),
            *(
                "%20ana@x.example",
                "*ana@x.example*",
                "“ana@x.example”",
                "`ana@x.example`",
            ),
            *("«\u00a0ana@x.example\u00a0»", "ana@x.example,", "<ana@x.example>"),
            *("Ana <ana@x.example>", "Roux, Ana <ana@x.example>", "(ana@x.example)"),
            *(
                '"Roux, Ana" <ana@x.example>',
                "Ana Roux (ana@x.example)",
                "ANA@x.Example",
            ),
            *("ana@x.example <ana@x.example>", "[ana@x.example](mailto:ana@x.example)"),
            *(
                "mailto:ana@x.example?subject=Hi",
                "E-mail : ana@x.example",
                "ana@x.example.",
            ),
            *("ana@x.example (perso)", "ana@x.example / -", "ana@x.example; n/a"),
            *(
                "ana\u200b@x.example",
                "ana＠x.example",
                "ana%40x.example",
                "mail: ana@x.example",
            ),
        ):
            with self.subTest(text=text):
                self.assertEqual(emails.clean_email(text), ("ana@x.example", None))
        for text in (
            *("ana@x.example bob@x.example", "ana@x.example ou bob@x.example"),
            *("ana@x.example/bob@x.example", "ana@x.example\nbob@x.example"),
            *(
                "pro: ana@x.example, perso: bob@x.example",
                "A <ana@x.example>, bob@x.example",
            ),
        ):
            with self.subTest(text=text):
                self.assertEqual(emails.clean_email(text), ("ana@x.example", "several"))
        for text in (
            "ana@exämple.com",
            "用户@例子.公司",
            "ана@пример.рф",
            "हिन्दी@उदाहरण.भारत",
        ):
            with self.subTest(text=text):
                self.assertEqual(emails.clean_email(text), (text, None))

    def test_mutilated_addresses(self):
        """No blank in an address gives another address, wherever it was typed."""
        dice = random.Random(20)
        for _turn in range(500):
            local = "".join(dice.choices("abcdefghijklmnop.", k=dice.randrange(4, 12)))
            address = f"{local.strip('.') or 'a'}@mail.example.com".replace("..", ".")
            place = dice.randrange(1, len(address))
            text = address[:place] + dice.choice(" \t\u00a0\u2003") + address[place:]
            with self.subTest(text=text):
                self.assertEqual(emails.clean_email(text), (None, "invalid"))

    # --- Phones -----------------------------------------------------------------------

    def test_phones_of_cells(self):
        mobile, line = "+33612345678", "+33142685300"
        for text, number, rest in (
            ("06 12 34 56 78", mobile, ()),
            ("06 12 34 56 78 / 01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("06 12 34 56 78 ou 01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("06 12 34 56 78 ::: 01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("06 12 34 56 78\n01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("0612345678/0142685300", mobile, ("0142685300",)),
            ("0612345678 0142685300", mobile, ("0142685300",)),
            ("0612345678-0142685300", mobile, ("0142685300",)),
            ("06 12 34 56 78 ou 99", mobile, ("99",)),
            ("Mob 0612345678 Fixe 0142685300", mobile, ("Fixe 0142685300",)),
            ("06 12 34 56 78 01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("06.12.34.56.78 - 01.42.68.53.00", mobile, ("01.42.68.53.00",)),
            ("Tel: 01 42 68 53 00 Fax: 01 42 68 53 01", line, ("Fax: 01 42 68 53 01",)),
            ("M: 0612345678 / T: 0142685300", mobile, ("T: 0142685300",)),
            ("06 12 34 56 78 (perso)", mobile, ("06 12 34 56 78 (perso)",)),
            ("06 12 34 56 78 et 01 42 68 53 00", mobile, ("01 42 68 53 00",)),
            ("06/12/34/56/78", mobile, ()),
            ("06-12-34-56-78", mobile, ()),
            ("+33 (0)6 12 34 56 78", mobile, ()),
            ("'0612345678", mobile, ()),
            ("3.3612345678E+10", mobile, ()),
            ("6.12345678E+8", mobile, ()),
            ("33612345678.0", mobile, ()),
            ("33612345678,00", mobile, ()),
            ("0612345678;0142685300", mobile, ("0142685300",)),
            ("0612345678,0142685300", mobile, ("0142685300",)),
            ("+33612345678;+33142685300", mobile, ("+33142685300",)),
            ("01 42 68 53 00 p.101", line, ()),
            ("01 42 68 53 00;ext=101", line, ()),
        ):
            with self.subTest(text=text):
                cell = read_phone_cell(text, "FR")
                self.assertEqual((cell.phone.e164, cell.rest), (number, rest))
        for text in ("030/1234567", "030-1234567"):
            self.assertEqual(read_phone_cell(text, "DE").phone.e164, "+49301234567")

    def test_phones_that_lost_digits(self):
        for text in (
            *("3,36123E+10", "3.36123E+10", "3,36E+10", "6,12E+08", "3,36123e10"),
            *("+3,36123E+10", "3,36123 E+10", "3.361234567E+10", "3E+10"),
        ):
            with self.subTest(text=text):
                cell = read_phone_cell(text, "FR")
                self.assertEqual((cell.phone, cell.problem), (None, "lost_digits"))

    def test_countries_of_phones(self):
        french = [
            "06 12 34 56 78",
            "01 42 68 53 00",
            "04 91 12 34 56",
            "+1 202 555 0143",
        ]
        self.assertEqual(find_phone_country(french, ["US"]), ("FR", 3, 3))
        self.assertEqual(find_phone_country(french, ["MA", "FR"])[0], "FR")
        american = ["(201) 555-0123", "202-555-0143", "12"]
        self.assertEqual(find_phone_country(american, ["FR"])[0], "US")
        self.assertEqual(
            find_phone_country(["+33 6 12 34 56 78"], ["US"]), (None, 0, 0)
        )
        self.assertEqual(find_phone_country([], ["US"]), (None, 0, 0))

    def test_corpus_of_phones(self):
        """Numbers from many countries, in many spellings, two in a cell or one."""
        formats = phonenumbers.PhoneNumberFormat
        total = 0
        for code in (
            "FR",
            "US",
            "GB",
            "DE",
            "ES",
            "IT",
            "BE",
            "CH",
            "NL",
            "SE",
            "PL",
            "JP",
        ):
            kinds = phonenumbers.PhoneNumberType
            one = phonenumbers.example_number_for_type(code, kinds.MOBILE)
            two = phonenumbers.example_number_for_type(code, kinds.FIXED_LINE)
            e164 = phonenumbers.format_number(one, formats.E164)
            for form in (formats.NATIONAL, formats.INTERNATIONAL):
                text, other = (phonenumbers.format_number(n, form) for n in (one, two))
                for spelling in (
                    *(
                        text,
                        f" {text}\u00a0",
                        f"'{text}",
                        f"Tel: {text}",
                        f"\u202a{text}",
                    ),
                    *(f"{text} / {other}", f"{text} ; {other}", f"{text} ou {other}"),
                    *(f"{text}\n{other}", f"{text} ::: {other}", f"{text} (perso)"),
                ):
                    total += 1
                    with self.subTest(code=code, spelling=spelling):
                        cell = read_phone_cell(spelling, code)
                        self.assertEqual(cell.phone and cell.phone.e164, e164)
        self.assertGreater(total, 250)

    # --- Names ------------------------------------------------------------------------

    def test_names_in_one_cell(self):
        for text, *expected in (
            ("J. Smith", "", "J.", "Smith"),
            ("J.R. Tolkien", "", "J.R.", "Tolkien"),
            ("J. R. R. Tolkien", "", "J. R. R.", "Tolkien"),
            ("M. Dupont", "mr", "", "Dupont"),
            ("Mme Marie DUPONT", "ms", "Marie", "DUPONT"),
            ("M. et Mme Dupont", "", "", "Dupont"),
            ("Mr & Mrs Smith", "", "", "Smith"),
            ("Famille Dupont", "", "", "Dupont"),
            ("Paul Dupont MBA", "", "Paul", "Dupont"),
            ("Marie Dupont, PhD", "", "Marie", "Dupont"),
            ("Anna Müller, M.Sc., PhD", "", "Anna", "Müller"),
            ("Prof. Dr. med. Anna Schmidt", "prof", "Anna", "Schmidt"),
            ("Herr Dr. Hans Müller", "dr", "Hans", "Müller"),
            ("Herr Dipl.-Ing. Hans Müller", "mr", "Hans", "Müller"),
            ("Frau Müller", "ms", "", "Müller"),
            ("Maître Jean Martin", "me", "Jean", "Martin"),
            ("Monsieur le Docteur Paul Martin", "dr", "Paul", "Martin"),
            ("Mrs. Ana Roux", "ms", "Ana", "Roux"),
            ("Señora Ana García", "ms", "Ana", "García"),
            ("Sig.ra Anna Rossi", "ms", "Anna", "Rossi"),
            ("de heer Jan Bos", "mr", "Jan", "Bos"),
            ("Mme Le Goff", "ms", "", "Le Goff"),
            ("Dupont, Marie", "", "Marie", "Dupont"),
            ("Dupont, Dr. Marie", "dr", "Marie", "Dupont"),
            ("Dupont (Mme)", "ms", "", "Dupont"),
            ("John Smith Jr.", "", "John", "Smith"),
            ("Smith, John, Jr.", "", "John", "Smith"),
            ("John Smith III", "", "John", "Smith"),
            ("SMITH, John III", "", "John", "SMITH"),
            ("Nguyen, Marie Ma", "", "Marie Ma", "Nguyen"),
            ("Marie Dupont née Martin", "", "Marie", "Dupont"),
            ("Marie Dupont (Acme)", "", "Marie", "Dupont"),
            ("Ludwig van Beethoven", "", "Ludwig", "van Beethoven"),
            ("Jean de la TOUR", "", "Jean", "de la TOUR"),
            ("Marie McDONALD", "", "Marie", "McDONALD"),
            ("Sean O'Brien", "", "Sean", "O'Brien"),
            ("DUPONT Jean-Pierre", "", "Jean-Pierre", "DUPONT"),
            ("DUPONT J.", "", "J.", "DUPONT"),
            ("JP Dupont", "", "JP", "Dupont"),
            ("LI Wei", "", "Wei", "LI"),
            ("NG Mei", "", "Mei", "NG"),
            ("MARIE DUPONT", "", "MARIE", "DUPONT"),
            ("José Ortega y Gasset", "", "José", "Ortega y Gasset"),
            ("ИВАНОВ Иван Петрович", "", "Иван Петрович", "ИВАНОВ"),
            ("Иванов Иван Петрович", "", "Иван Петрович", "Иванов"),
            ("山田 太郎", "", "太郎", "山田"),
            ("王小明先生", "mr", "", "王小明"),
            ("محمد بن سلمان", "", "محمد", "بن سلمان"),
            ("Nguyễn Văn An", "", "Nguyễn Văn", "An"),
            ("Yo-Yo Ma", "", "Yo-Yo", "Ma"),
            ("Don Draper", "", "Don", "Draper"),
            ("M.Dupont", "mr", "", "Dupont"),
            ("M Jean Dupont", "mr", "Jean", "Dupont"),
            ("J.R.Tolkien", "", "J.R.", "Tolkien"),
            ("Rev. John Smith", "", "John", "Smith"),
            ("Marie Dupont - Acme", "", "Marie", "Dupont"),
            ('"Marie Dupont"', "", "Marie", "Dupont"),
            ("Saint-Exupéry Antoine de", "", "Antoine", "de Saint-Exupéry"),
            ("Ronald Mc Donald", "", "Ronald", "Mc Donald"),
            ("Cher", "", "", "Cher"),
            ("Monsieur", "", "", "Monsieur"),
        ):
            with self.subTest(text=text):
                read = names.read_name(text)
                self.assertEqual([read.title, read.first, read.last], expected)

    def test_corpus_of_names(self):
        """Titles x names x ways to write them, in several scripts."""
        titles = {
            **dict.fromkeys(("", "M.", "Mr", "Mr.", "Monsieur", "Herr", "Dhr."), ""),
            **{
                title: title
                for title in ("Mme", "Mrs", "Frau", "Dr.", "Prof. Dr.", "Me")
            },
        }
        people = [
            *product(
                ("Marie", "Jean-Pierre", "Zoé", "Anne Sophie", "J.", "J.-P."),
                (
                    "Dupont",
                    "Lefèvre",
                    "O'Neil",
                    "Dupont-Martin",
                    "van der Meer",
                    "de la Tour",
                ),
            ),
            *(("Łukasz", "Żukowski"), ("Иван", "Петров"), ("Γιώργος", "Παππάς")),
        ]
        total = 0
        for title, (first, last) in product(titles, people):
            if (title, first) == ("M.", "J."):
                # two initials, or a gentleman: nobody knows
                continue
            lead = f"{title} " if title else ""
            for text in (
                f"{lead}{first} {last}",
                f"{lead}{first} {last.upper()}",
                f"{lead}{last.upper()} {first}",
                f"{last}, {lead}{first}"
                if title not in ("M.", "Me")
                else f"{last}, {first}",
                f"{lead}{first} {last}, PhD",
                f"{lead}{first} {last} MBA",
            ):
                total += 1
                with self.subTest(text=text):
                    read = names.read_name(text)
                    self.assertEqual(
                        (read.first, read.last.casefold()), (first, last.casefold())
                    )
                    if lead in text and lead:
                        self.assertTrue(read.title, "the title is seen")
                        self.assertNotIn(title, read.plain.split())
        self.assertGreater(total, 2_500)

    def test_titles(self):
        self._check(
            find_kind,
            [
                *(
                    (text, "ms")
                    for text in ("Mrs", "Mrs.", "MME", "Madame", "Ms", "Frau")
                ),
                *((text, "mr") for text in ("M.", "Mr", "Monsieur", "Herr", "Sig.")),
                *((text, "dr") for text in ("Dr", "Dr.", "Docteur", "Dott.ssa")),
                *((text, "") for text in ("", "Buyer", "Mar", "N/A")),
            ],
        )

    # --- Texts ------------------------------------------------------------------------

    def test_cleaner(self):
        """Marks that nobody sees go; those that change letters stay."""
        self._check(
            clean_text,
            [
                *(
                    (f"Mar{mark}ie", "Marie")
                    for mark in "\u200b\ufeff\u00ad\u202a\u2060\x00"
                ),
                ("Me\u0301lanie", "Mélanie"),
                ("L\u0061\u030angstro\u0308m", "Långström"),
                (" a\u00a0\u2003b\r\nc ", "a b c"),
                ("می\u200cخواهم", "می\u200cخواهم"),
                ("Ana\u200c Roux", "Ana Roux"),
                ("Ana\ud800", "Ana"),
            ],
        )

    def test_folding(self):
        same = ("Côte d’Ivoire", "cote d'ivoire", "CÔTE D´IVOIRE", "Cote d\u02bcIvoire")
        self.assertEqual(len({fold(text) for text in same}), 1)
        self.assertEqual(fold("Saint–Étienne"), fold("saint‑etienne"))
        self.assertEqual(split_cell("L’Est; l'est ,n/a"), ["L’Est"])
        self.assertEqual(company_key("L’Atelier – Sud"), company_key("l'atelier - sud"))

    def test_nothing(self):
        for text in (
            *(
                "n/a",
                "N/A",
                "N.A.",
                "null",
                "NULL",
                "(null)",
                "-",
                "--",
                "—",
                "#N/A",
                "aucun",
            ),
            *(
                "Aucune",
                "néant",
                "Néant",
                "(vide)",
                "none",
                "None",
                "nil",
                "NaN",
                "…",
                "?",
            ),
            *(
                "undefined",
                "non renseigné",
                "Non communiqué",
                "keine Angabe",
                "s/o",
                "####",
            ),
            *(
                "#REF!",
                "#VALEUR!",
                *("N / A", "(blank)", "inconnu(e)", "null null", "pas d’email"),
                "#NOM?",
                "unknown",
                "inconnu",
                "n.c.",
                "[none]",
                "<NA>",
            ),
        ):
            with self.subTest(text=text):
                self.assertTrue(is_nothing(text))
                self.assertEqual(read_cell(text, "partner_name"), "")
                self.assertEqual(read_cell(f" {text} ", "description"), text)
        for text in (
            *(
                "0",
                "non",
                "no",
                "Nathalie",
                "Nil",
                "A-B",
                "Naan",
                "x",
                "+",
                "***",
                "Nono",
            ),
            *("Aucun SARL", "none@x.example", "N1", "C#", "3M", "Null Island", "👍"),
        ):
            with self.subTest(text=text):
                self.assertFalse(is_nothing(text, is_name=True))
        self.assertEqual(read_cell("Null", "last_name"), "Null")
        self.assertEqual(read_cell("NA", "country_id"), "NA")
        self.assertEqual(read_cell("n/a", "country_id"), "")

    # --- Countries --------------------------------------------------------------------

    def test_countries(self):
        for code, texts in {
            "US": "USA|U.S.A.|United States|États-Unis|etats unis|Vereinigte Staaten|840",
            "GB": "UK|U.K.|Great Britain|England|Royaume-Uni|Royaume Uni|Angleterre|GBR",
            "DE": "Deutschland|Germany|Allemagne|ALLEMAGNE|DEU|de|DE-Germany",
            "GW": "Guinea-Bissau|Guinée-Bissau",
            "NL": "Holland|The Netherlands|Les Pays-Bas|Pays Bas|Nederland",
            "CI": "Côte d’Ivoire|Côte d'Ivoire|Cote d´Ivoire|Ivory Coast",
            "FR": "France (FR)|FR - France|FRANCE, Paris|Fr.|La France",
            "BE": "Belgique/België|Belgien",
            "AT": "Österreich|Autriche|Austria",
            "CH": "Schweiz|Suisse|Svizzera",
            "ES": "España|Spain|Espagne",
            "JP": "日本|Japon",
            "GR": "Ελλάδα|Grèce",
            "RU": "Россия|Russia|Russie",
            "KR": "South Korea|Corée du Sud|대한민국",
            "": "Atlantis|D|XX|EU|1|-|Congo, RDC|Europe",
        }.items():
            self._check(find_country_code, [(text, code) for text in texts.split("|")])

    # --- Numbers, dates, custom fields ------------------------------------------------

    def test_numbers(self):
        for text, *expected in (
            ("1.200,50 €", 1200.5, 1200.5),
            ("1,200.50", 1200.5, 1200.5),
            ("12 %", 12.0, 12.0),
            ("1 200", 1200.0, 1200.0),
            ("1\u202f200,5", 1200.5, 1200.5),
            ("1'200.50 CHF", 1200.5, 1200.5),
            ("1,200", 1.2, 1200.0),
            ("€ 1.200", 1200.0, 1.2),
            ("12k€", 12000.0, 12000.0),
            ("(12)", -12.0, -12.0),
            ("−3,5", -3.5, -3.5),
            ("1.2E+3", 1200.0, 1200.0),
            ("12 ans", None, None),
            ("10-50", None, None),
            ("1.2.3", None, None),
            ("nan", None, None),
            ("", None, None),
        ):
            with self.subTest(text=text):
                found = [read_number(text, style) for style in (FRENCH, AMERICAN)]
                if text == "€ 1.200":
                    # thousandths of an amount are thousands, unless the language
                    # writes decimals so
                    self.assertEqual(found, expected)
                    continue
                self.assertEqual(found, expected)
        self.assertEqual(read_number("1.200", FRENCH, whole=True), 1200)
        self.assertEqual(read_number("1.200", GERMAN), 1200.0)
        self.assertIsNone(read_number("1,5", FRENCH, whole=True))

    def test_dates(self):
        day = date(2026, 1, 31)
        for text in (
            *("31/01/2026", "31.1.2026", "31-01-26", "2026-01-31", "20260131", "46053"),
            *("31 janvier 2026", "le 31 janvier 2026", "samedi 31 janvier 2026"),
            *("January 31, 2026", "31st Jan 2026", "31-Jan-26", "31. Januar 2026"),
            *(
                "31 de enero de 2026",
                "31 gennaio 2026",
                "31 января 2026",
                "2026年1月31日",
            ),
            *(
                "31/01/2026 00:00:00",
                "2026-01-31T10:00:00Z",
                "01/31/2026",
                "31 janv. 2026",
            ),
        ):
            with self.subTest(text=text):
                for style in (FRENCH, AMERICAN):
                    self.assertEqual(read_date(text, style), day)
        self.assertEqual(read_date("01/02/2026", FRENCH), date(2026, 2, 1))
        self.assertEqual(read_date("01/02/2026", AMERICAN), date(2026, 1, 2))
        self.assertEqual(read_date("1er mars 2026"), date(2026, 3, 1))
        for text in (
            *("31/02/2026", "janvier 2026", "2026", "31/01", "hello", "0000-00-00"),
            *("06 12 34 56 78", "75001", "12", "", "31/13/2026", "soon"),
        ):
            with self.subTest(text=text):
                found = read_date(text, FRENCH)
                self.assertIsNone(found if text != "75001" else None)
        two = (
            ("31/12/45", date(1945, 12, 31)),
            ("31/12/30", date(2030, 12, 31)),
            ("31/12/99", date(1999, 12, 31)),
        )
        for text, expected in two:
            self.assertEqual(read_date(text, FRENCH, date(2026, 6, 1)), expected)

    def test_corpus_of_dates(self):
        """Any day, as any of these is written, is that day again."""
        dice = random.Random(12)
        for _turn in range(400):
            day = date.fromordinal(
                dice.randrange(date(1950, 1, 1).toordinal(), 767_000)
            )
            for style, pattern in (
                (FRENCH, "%d/%m/%Y"),
                (AMERICAN, "%m/%d/%Y"),
                (AMERICAN, "%d.%m.%Y"),
                (FRENCH, "%Y-%m-%d"),
                (FRENCH, "%d %B %Y"),
                (AMERICAN, "%b %d, %Y"),
                (AMERICAN, "%Y-%m-%dT12:30:00"),
            ):
                text = day.strftime(pattern)
                with self.subTest(text=text):
                    self.assertEqual(read_date(text, style), day)

    def test_moments(self):
        moment = datetime(2026, 1, 31, 14, 30)
        for text in (
            *("31/01/2026 14:30", "31/01/2026 14h30", "31 janvier 2026 à 14h30"),
            *("2026-01-31 14:30:00", "Jan 31, 2026 2:30 PM", "31.01.2026 14.30 Uhr"),
            *("2026-01-31T16:30:00+02:00", "2026-01-31T14:30:00Z"),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_moment(text, FRENCH), moment)
        self.assertIsNone(read_moment("14h30", FRENCH))

    def test_properties(self):
        """Each type of custom field, and what does not fit it."""
        choices = [["a", "Café"], ["b", "Thé vert"]]
        found = {"res.partner": {"Acme": [7], "Twice": [1, 2]}}
        way = Way(FRENCH, None, lambda model, text: found[model].get(text, []))
        records = {"comodel": "res.partner"}
        table = (
            ("char", {}, "  a  b ", "a b"),
            ("text", {}, "a\nb", "a\nb"),
            ("html", {}, "a<b", "<p>a&lt;b</p>"),
            ("integer", {}, "1 200", 1200),
            ("integer", {}, "1,5", None),
            ("float", {}, "1.200,50 €", 1200.5),
            ("monetary", {}, "12 k€", 12000.0),
            ("date", {}, "31 janvier 2026", "2026-01-31"),
            ("date", {}, "soon", None),
            ("datetime", {}, "31/01/2026 14h30", "2026-01-31 14:30:00"),
            ("boolean", {}, "Oui", True),
            ("boolean", {}, "perhaps", None),
            ("selection", {"selection": choices}, "CAFE", "a"),
            ("selection", {"selection": choices}, "tea", None),
            ("tags", {"tags": choices}, "thé vert; café", ["b", "a"]),
            ("tags", {"tags": choices}, "café, milk", None),
            ("many2one", records, "Acme", 7),
            ("many2one", records, "Twice", None),
            ("many2many", records, "Acme", [7]),
            ("many2many", records, "Acme; Nobody", None),
        )
        for kind, more, text, expected in table:
            with self.subTest(kind=kind, text=text):
                value = read_property({"type": kind, **more}, text, way)
                self.assertEqual(value, expected)
        self.assertEqual({kind for kind, *_rest in table}, set(READ_PROPERTIES))

    def test_yes_and_no(self):
        self._check(
            parse_bool,
            [
                *(
                    (text, True)
                    for text in ("Oui", "YES", "x", "1", "Ja", "sí", "✓", "true")
                ),
                *((text, False) for text in ("Non", "no", "0", "Nein", "faux", "✗")),
                *((text, None) for text in ("perhaps", "", "2")),
            ],
        )

    def test_columns_of_custom_fields(self):
        """A column headed like a custom field is proposed for it."""
        labels = {"Budget": "custom.b", "Region": "custom.r", "E-mail": "custom.e"}
        guesses = guess_columns(
            ["Email", "budget ", "Région", "Country"], [], labels=labels
        )
        self.assertEqual(
            {at: guess.target for at, guess in guesses.items()},
            {0: "email_from", 1: "custom.b", 2: "custom.r", 3: "country_id"},
        )
        saved = {normalize_header("Budget"): "custom.b"}
        self.assertEqual(guess_columns(["Budget"], [], saved)[0].target, "custom.b")
