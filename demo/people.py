"""Building blocks of the demo prospects: names, roles, cities and telephone numbers.

All people are invented. Telephone numbers come from the ranges that regulators keep
for fiction, as far as number checkers know them as valid (mobile ranges are not);
Spain keeps none, so people there have no number.
"""

# First names by country and gender, separated by spaces.
FIRST_NAMES = {
    "fr": {
        "f": (
            "Adèle Agathe Amandine Anaïs Anne-Sophie Aurélie Béatrice Capucine Cécile"
            " Céline Charlotte Chloé Clémence Delphine Élodie Émilie Estelle Fatou"
            " Florence Gaëlle Inès Isabelle Juliette Justine Laetitia Léa Leïla Lucie"
            " Maëlle Manon Margaux Mathilde Nadia Nathalie Noémie Océane Pauline"
            " Sandrine Sarah Solène Sylvie Valérie Véronique Yasmine"
        ),
        "m": (
            "Adrien Alexandre Antoine Arnaud Aurélien Bastien Benoît Bruno Cédric"
            " Christophe Clément Damien Didier Étienne Fabrice Florian Franck Gaël"
            " Guillaume Hugo Ibrahim Jérôme Julien Karim Laurent Loïc Ludovic Marc"
            " Mathieu Maxime Nicolas Olivier Pascal Pierre-Yves Quentin Rachid Romain"
            " Samuel Sébastien Thibault Thierry Vincent Xavier Yann"
        ),
    },
    "uk": {
        "f": (
            "Abigail Alice Amelia Beth Charlotte Claire Eleanor Emma Freya Georgina"
            " Grace Hannah Imogen Isla Jessica Kate Lucy Megan Naomi Niamh Rachel"
            " Rebecca Sophie Zara"
        ),
        "m": (
            "Adam Alistair Ben Callum Daniel David Edward Ewan George Graham Harry"
            " Imran Jack James Joshua Liam Marcus Matthew Nathan Owen Rory Samuel"
            " Thomas William"
        ),
    },
    "de": {
        "f": "Anja Birgit Franziska Heike Katharina Lena Sabine Ulrike",
        "m": "Andreas Felix Jan Jürgen Lukas Matthias Stefan Tobias",
    },
    "es": {
        "f": "Beatriz Carmen Elena Lucía Marta Nuria Pilar",
        "m": "Álvaro Diego Javier Jorge Pablo Raúl Sergio",
    },
    "us": {
        "f": "Ashley Brooke Danielle Jennifer Lauren Monica Stephanie",
        "m": "Brandon Carlos Derek Jason Kevin Ryan Tyler",
    },
}

# Last names by country, separated by commas.
LAST_NAMES = {
    "fr": (
        "Allard, Arnaud, Aubert, Bailly, Barbier, Baudouin, Beaumont, Belkacem,"
        " Benard, Berger, Besnard, Blanchard, Boucher, Bourgeois, Bouvier, Briand,"
        " Brunet, Camus, Caron, Charpentier, Chevalier, Clerc, Collet, Cordier,"
        " Coulibaly, Da Silva, Daniel, de Kermadec, Delaunay, Delmas, Deschamps,"
        " Diallo, Dubreuil, Dumont, Dupuis, Etcheverry, Fabre, Faure, Ferrand,"
        " Fontaine, Fournier, Gaillard, Garnier, Gauthier, Gilles, Girard, Grandjean,"
        " Guérin, Guillou, Hamon, Haddad, Hervé, Hoarau, Hubert, Humbert, Jacquet,"
        " Joly, Kessler, Klein, Lacroix, Lambert, Langlois, Lavigne, Le Goff, Leblanc,"
        " Leclercq, Lefort, Lemaire, Léger, Maillard, Mallet, Marchal, Masson, Maurin,"
        " Mercier, Meunier, Monnier, Morvan, N'Diaye, Nguyen, Noël, Olivier, Pasquier,"
        " Pelletier, Perrin, Picard, Poirier, Poulain, Prévost, Renaud, Rey, Rivière,"
        " Rocher, Roche, Rolland, Royer, Saidi, Salmon, Sauvage, Schmitt, Tessier,"
        " Thibaud, Toussaint, Tran, Vallet, Vasseur, Verdier, Vidal, Weber, Zimmermann"
    ),
    "uk": (
        "Ahmed, Archer, Barker, Begum, Blackwood, Bradshaw, Burton, Campbell, Carter,"
        " Chapman, Clarke, Crawford, Davies, Dixon, Doyle, Ellison, Fairbairn,"
        " Fletcher, Fraser, Gibson, Griffiths, Hartley, Hughes, Iqbal, Jenkins, Kaur,"
        " Kendall, Lawson, Lloyd, Mackenzie, Mason, McAllister, Murray, Nicholls,"
        " O'Brien, Okafor, Parsons, Patel, Pearce, Preston, Reid, Rowe, Sanderson,"
        " Sharma, Sinclair, Stevenson, Thornton, Turnbull, Walsh, Watts, Whitfield,"
        " Woodward, Wright, Yates"
    ),
    "de": (
        "Albrecht, Brandt, Demir, Engel, Fuchs, Hartmann, Hofmann, Keller, Kowalski,"
        " Krüger, Lorenz, Neumann, Peters, Schäfer, Schuster, Seidel, von Arnim, Vogel,"
        " Winkler, Ziegler"
    ),
    "es": (
        "Blanco, Cabrera, Castillo, Domínguez, Fuentes, Herrero, Iglesias, Lozano,"
        " Molina, Navarro, Ortega, Pascual, Prieto, Romero, Serrano, Vázquez"
    ),
    "us": (
        "Anderson, Bailey, Coleman, Diaz, Foster, Hayes, Jackson, Kim, Mitchell,"
        " Parker, Ramirez, Sullivan, Thompson, Wheeler"
    ),
}

# What people do, for a woman and for a man.
ROLES = {
    "fr": [
        ("Directrice des ressources humaines", "Directeur des ressources humaines"),
        ("Responsable formation", "Responsable formation"),
        ("Assistante de direction", "Assistant de direction"),
        ("Cheffe de projet événementiel", "Chef de projet événementiel"),
        ("Directrice générale", "Directeur général"),
        ("Responsable communication", "Responsable communication"),
        ("Chargée de formation", "Chargé de formation"),
        ("Responsable des achats", "Responsable des achats"),
        ("Office manager", "Office manager"),
        ("Directrice commerciale", "Directeur commercial"),
        ("Responsable marketing", "Responsable marketing"),
        ("Gérante", "Gérant"),
        ("Responsable QVCT", "Responsable QVCT"),
        ("Chargée de mission", "Chargé de mission"),
    ],
    "uk": [
        ("Head of People", "Head of People"),
        ("Learning & Development Manager", "Learning & Development Manager"),
        ("Events Manager", "Events Manager"),
        ("Executive Assistant", "Executive Assistant"),
        ("Managing Director", "Managing Director"),
        ("Marketing Manager", "Marketing Manager"),
        ("Office Manager", "Office Manager"),
        ("HR Business Partner", "HR Business Partner"),
        ("Procurement Lead", "Procurement Lead"),
        ("Training Coordinator", "Training Coordinator"),
        ("Sales Director", "Sales Director"),
    ],
    "de": [
        ("Personalleiterin", "Personalleiter"),
        ("Leiterin Weiterbildung", "Leiter Weiterbildung"),
        ("Eventmanagerin", "Eventmanager"),
        ("Geschäftsführerin", "Geschäftsführer"),
        ("Marketingleiterin", "Marketingleiter"),
    ],
    "es": [
        ("Directora de recursos humanos", "Director de recursos humanos"),
        ("Responsable de formación", "Responsable de formación"),
        ("Coordinadora de eventos", "Coordinador de eventos"),
        ("Gerente", "Gerente"),
    ],
    "us": [
        ("VP, People Operations", "VP, People Operations"),
        ("Director of Events", "Director of Events"),
        ("Training Manager", "Training Manager"),
        ("Chief of Staff", "Chief of Staff"),
    ],
}

# Country, postal codes, streets and the telephone range of each city, "#" being a
# digit that is drawn.
CITIES = {
    "Paris": ("fr", ["75002", "75008", "75009", "75011", "75013"], "+33 1 99 00 ## ##"),
    "Boulogne-Billancourt": ("fr", ["92100"], "+33 1 99 00 ## ##"),
    "Montreuil": ("fr", ["93100"], "+33 1 99 00 ## ##"),
    "Versailles": ("fr", ["78000"], "+33 1 99 00 ## ##"),
    "Rennes": ("fr", ["35000"], "+33 2 61 91 ## ##"),
    "Nantes": ("fr", ["44000", "44200"], "+33 2 61 91 ## ##"),
    "Angers": ("fr", ["49000"], "+33 2 61 91 ## ##"),
    "Tours": ("fr", ["37000"], "+33 2 61 91 ## ##"),
    "Lille": ("fr", ["59000", "59800"], "+33 3 53 01 ## ##"),
    "Strasbourg": ("fr", ["67000"], "+33 3 53 01 ## ##"),
    "Dijon": ("fr", ["21000"], "+33 3 53 01 ## ##"),
    "Reims": ("fr", ["51100"], "+33 3 53 01 ## ##"),
    "Lyon": ("fr", ["69002", "69003", "69007"], "+33 4 65 71 ## ##"),
    "Grenoble": ("fr", ["38000"], "+33 4 65 71 ## ##"),
    "Marseille": ("fr", ["13002", "13008"], "+33 4 65 71 ## ##"),
    "Montpellier": ("fr", ["34000"], "+33 4 65 71 ## ##"),
    "Annecy": ("fr", ["74000"], "+33 4 65 71 ## ##"),
    "Bordeaux": ("fr", ["33000", "33300"], "+33 5 36 49 ## ##"),
    "Toulouse": ("fr", ["31000", "31400"], "+33 5 36 49 ## ##"),
    "La Rochelle": ("fr", ["17000"], "+33 5 36 49 ## ##"),
    "London": ("uk", ["EC2A 4NE", "SE1 9RT", "W1T 3LP", "E1 6QL"], "+44 20 7946 0###"),
    "Manchester": ("uk", ["M1 4BT", "M4 5JW"], "+44 161 496 0###"),
    "Birmingham": ("uk", ["B3 2HB"], "+44 121 496 0###"),
    "Bristol": ("uk", ["BS1 6XN"], "+44 117 496 0###"),
    "Leeds": ("uk", ["LS1 4DL"], "+44 113 496 0###"),
    "Edinburgh": ("uk", ["EH3 8EG"], "+44 131 496 0###"),
    "Glasgow": ("uk", ["G2 4JR"], "+44 141 496 0###"),
    "Berlin": ("de", ["10115", "10969"], "+49 30 23125###"),
    "Hamburg": ("de", ["20095"], "+49 40 66969###"),
    "München": ("de", ["80331"], "+49 89 99998###"),
    "Köln": ("de", ["50667"], "+49 221 4710###"),
    "Madrid": ("es", ["28004", "28013"], ""),
    "Barcelona": ("es", ["08008"], ""),
    "Valencia": ("es", ["46002"], ""),
    "New York": ("us", ["10016"], "+1 212-555-01##"),
    "Boston": ("us", ["02110"], "+1 617-555-01##"),
    "Chicago": ("us", ["60654"], "+1 312-555-01##"),
}

STREETS = {
    "fr": [
        "{} rue de la République",
        "{} avenue Jean Jaurès",
        "{} rue Victor Hugo",
        "{} quai des Acacias",
        "{} boulevard Voltaire",
        "{} rue du Moulin",
        "{} place du Marché",
        "{} rue Pasteur",
        "{} allée des Tilleuls",
        "{} rue des Carmes",
    ],
    "uk": [
        "{} High Street",
        "{} Station Road",
        "{} King Street",
        "{} Victoria Street",
        "{} Mill Lane",
        "{} Queen's Road",
    ],
    "de": ["Bahnhofstraße {}", "Gartenweg {}", "Schillerstraße {}", "Lindenallee {}"],
    "es": ["Calle Mayor {}", "Calle del Sol {}", "Avenida de la Paz {}"],
    "us": ["{} Main Street", "{} Oak Avenue", "{} Park Street"],
}
