"""What the demo prospects ask for and what the sales people write down.

French is for prospects of France, English for all others. "{n}" is a number of
people.
"""

# Tag, title of the opportunity, what the person wrote.
REQUESTS = {
    "fr": [
        (
            "seminar",
            "Séminaire annuel, {n} personnes",
            (
                "Cherche un lieu et un animateur pour un séminaire de {n} personnes,"
                " deux jours avec hébergement."
            ),
        ),
        (
            "seminar",
            "Séminaire de direction",
            (
                "Comité de direction au vert : {n} participants, une salle et un"
                " facilitateur."
            ),
        ),
        (
            "team_building",
            "Journée de cohésion, {n} personnes",
            (
                "Souhaite une journée de cohésion pour {n} collaborateurs, plutôt en"
                " extérieur."
            ),
        ),
        (
            "team_building",
            "Atelier cuisine d'équipe",
            (
                "Atelier d'une demi-journée pour {n} personnes après un déménagement de"
                " bureaux."
            ),
        ),
        (
            "conference",
            "Convention commerciale",
            "Convention commerciale de {n} personnes : plénière, ateliers et dîner.",
        ),
        (
            "conference",
            "Organisation d'un congrès",
            (
                "Congrès professionnel, {n} inscrits attendus ; besoin des inscriptions"
                " en ligne et de l'accueil."
            ),
        ),
        (
            "in_house",
            "Formation management de proximité",
            (
                "Formation management pour {n} chefs d'équipe, en intra, deux fois"
                " deux jours. Prise en charge OPCO à vérifier."
            ),
        ),
        (
            "in_house",
            "Parcours prise de parole",
            "Veut un parcours « prise de parole en public » pour {n} personnes.",
        ),
        (
            "open_course",
            "Inscriptions gestion du temps",
            (
                "Demande les prochaines dates de la formation « gestion du temps »,"
                " {n} places."
            ),
        ),
        (
            "open_course",
            "Formation secourisme (SST)",
            "Recyclage SST à prévoir pour {n} salariés avant la fin du trimestre.",
        ),
        (
            "gala",
            "Soirée des 20 ans",
            (
                "Anniversaire de l'entreprise : soirée de {n} invités avec traiteur et"
                " animation."
            ),
        ),
        (
            "online",
            "Webinaire clients",
            "Aimerait un webinaire avec studio et modération, {n} inscrits visés.",
        ),
        (
            "online",
            "Formation à distance sécurité informatique",
            "Module en ligne sur la sécurité informatique pour {n} utilisateurs.",
        ),
    ],
    "en": [
        (
            "seminar",
            "Leadership off-site",
            "Two-day off-site for {n} managers, two hours by train at most.",
        ),
        (
            "seminar",
            "Annual seminar, {n} people",
            "Looking for a venue near Paris and a facilitator for {n} people.",
        ),
        (
            "team_building",
            "Team day, {n} people",
            "Wants an outdoor team day for {n} colleagues, with a plan for rain.",
        ),
        (
            "conference",
            "Customer conference",
            "Customer conference of about {n} people: registration, stage, catering.",
        ),
        (
            "conference",
            "Sales kick-off",
            "Sales kick-off for {n} people in January, bilingual hosts needed.",
        ),
        (
            "in_house",
            "Coaching skills for line managers",
            "In-house course on coaching skills, {n} line managers in two groups.",
        ),
        (
            "in_house",
            "Presentation skills workshop",
            "One-day workshop on presentation skills for {n} people, on site.",
        ),
        (
            "open_course",
            "Project management course",
            "Asked for the next dates of the project management course, {n} seats.",
        ),
        (
            "gala",
            "Awards dinner",
            "Awards dinner for {n} guests, black tie, with a host and a band.",
        ),
        (
            "online",
            "Hybrid town hall",
            "Hybrid town hall: {n} in the room, the rest of the firm online.",
        ),
    ],
}

# What sales people note in the chatter, by step of the work.
NOTES = {
    "in_progress": {
        "fr": [
            "Appelé ce matin : intéressé, demande un premier chiffrage.",
            "Laissé un message, puis envoyé notre plaquette.",
            "Bon échange. Décision attendue du comité de direction.",
            "Deux dates possibles, je vérifie les salles.",
            "A déjà travaillé avec un confrère, veut comparer.",
        ],
        "en": [
            "Good first call: interested, asks for a rough quote.",
            "Left a voicemail, then sent our brochure.",
            "Nice conversation. They decide at the next board meeting.",
            "Two dates are possible, checking the rooms.",
            "Has worked with another agency before and wants to compare.",
        ],
    },
    "to_clarify": {
        "fr": [
            "Budget inconnu, le besoin reste flou. À rappeler.",
            "L'effectif a changé deux fois, attendre confirmation.",
            "Qui décide ? Demander le nom du responsable des achats.",
        ],
        "en": [
            "No budget yet and the need is vague. Call again.",
            "The headcount changed twice, waiting for confirmation.",
            "Who decides? Ask for the name of the buyer.",
        ],
    },
    "convert": {
        "fr": [
            "Devis demandé, je crée l'opportunité.",
            "Accord de principe au téléphone.",
        ],
        "en": [
            "Asked for a quote, making this an opportunity.",
            "Agreed in principle by phone.",
        ],
    },
    "contact": {
        "fr": ["Inscrit à une session en ligne, paiement reçu."],
        "en": ["Booked a seat online, payment received."],
    },
}

# Type of activity and what is to be done.
ACTIVITIES = {
    "fr": [
        ("call", "Rappeler pour le budget"),
        ("call", "Premier appel"),
        ("call", "Relancer après le devis"),
        ("email", "Envoyer le catalogue"),
        ("email", "Envoyer trois propositions de dates"),
        ("meeting", "Visite des salles"),
        ("meeting", "Rendez-vous de cadrage"),
        ("todo", "Préparer le chiffrage"),
        ("todo", "Vérifier la prise en charge OPCO"),
    ],
    "en": [
        ("call", "First call"),
        ("call", "Call back about the budget"),
        ("call", "Follow up on the quote"),
        ("email", "Send the brochure"),
        ("email", "Send three possible dates"),
        ("meeting", "Site visit"),
        ("meeting", "Scoping call"),
        ("todo", "Prepare a rough quote"),
        ("todo", "Check the availability of trainers"),
    ],
}

# How often each reason is given for junk and for a lost opportunity.
JUNK_REASONS = {
    "wrong_contact": 9,
    "no_answer": 9,
    "no_project": 8,
    "student": 5,
    "supplier": 5,
}
LOST_REASONS = {"other_provider": 4, "event_cancelled": 3}

# Names that French people read when French is installed.
FRENCH = {
    "crm_tag_seminar": "Séminaire",
    "crm_tag_team_building": "Cohésion d'équipe",
    "crm_tag_conference": "Congrès",
    "crm_tag_in_house": "Formation intra",
    "crm_tag_open_course": "Formation inter",
    "crm_tag_gala": "Soirée",
    "crm_tag_online": "En ligne",
    "crm_tag_key_account": "Grand compte",
    "crm_lost_reason_wrong_contact": "Coordonnées fausses",
    "crm_lost_reason_no_answer": "Injoignable après trois relances",
    "crm_lost_reason_no_project": "Pas de projet",
    "crm_lost_reason_student": "Étudiant ou candidat",
    "crm_lost_reason_supplier": "Fournisseur ou démarchage",
    "crm_lost_reason_other_provider": "A choisi un autre prestataire",
    "crm_lost_reason_event_cancelled": "Événement annulé",
    "crm_team_france": "Équipe France",
    "crm_team_international": "Équipe internationale",
}
