"""What the demonstration tells, in tables: nobody and nothing here is real but the territories.

Days are counted from the day of loading, so that news are fresh, stale or silent whenever that
is. Texts are typeset when created.
"""

SOURCE = "Donnée fictive"
LEDONIEN = "territoire-ledonien-cluster-jura"
EST_ENSEMBLE = "est-ensemble"
CLERMONT = "clermont-ferrand"
MAYOTTE = "mayotte"

HOMES = "scicalliance"
HOUSES = "maison-des-parcours"
WORKERS = "entreprise-adaptee-agrobiologique"

CANTEENS = "demonstration-cantines-locales"
YOUTH = "demonstration-jeunes-emploi"
MOBILITY = "demonstration-mobilites-partagees"
DIGITAL = "demonstration-numerique-pour-tous"
DUMPS = "demonstration-depots-sauvages"
ISLAND_CANTEENS = "demonstration-cantines-essaimage"

# Days since the last news: « à jour » up to 120, « à rafraîchir » up to 180, then « silencieux ».
FRESH, STALE, SILENT = 20, 150, 240

CHALLENGES = [
    {
        "slug": CANTEENS,
        "territory": EST_ENSEMBLE,
        "title": "Des cantines locales et durables (démonstration)",
        "nature": "environmental",
        "stage": "deployment",
        "themes": ["restauration", "formation"],
        "audiences": ["personnes vulnérables"],
        "need": "Les cuisines collectives achètent loin et jettent beaucoup, alors que des "
        "producteurs proches cherchent des débouchés réguliers.",
        "answer": "Une plateforme d'achats groupés, des formations aux menus de saison et une "
        "pesée hebdomadaire des restes dans chaque cuisine.",
        "plain_summary": "Les cantines achètent plus près.\nElles jettent moins.\n"
        "Les repas sont meilleurs pour la santé et pour la nature.",
    },
    {
        "slug": YOUTH,
        "territory": EST_ENSEMBLE,
        "title": "Aucun jeune sans solution (démonstration)",
        "nature": "social",
        "stage": "experimentation",
        "themes": ["emploi", "formation", "mobilité"],
        "audiences": ["personnes éloignées de l’emploi"],
        "need": "Des jeunes sortent de l'école sans emploi, sans formation et sans personne à "
        "qui s'adresser.",
        "answer": "Un interlocuteur unique par jeune, des périodes d'essai dans les entreprises "
        "voisines et un suivi pendant un an.",
    },
    {
        "slug": MOBILITY,
        "territory": CLERMONT,
        "title": "Se déplacer sans voiture à soi (démonstration)",
        "nature": "environmental",
        "stage": "deployment",
        "themes": ["mobilité"],
        "audiences": ["personnes âgées"],
        "need": "Hors du centre, ceux qui ne conduisent pas renoncent à des soins, à un emploi "
        "ou à des loisirs.",
        "answer": "Chaque année, quatre services de mobilité partagée ouverts avec les communes : "
        "autopartage, covoiturage solidaire, prêt de vélos.",
    },
    {
        "slug": DIGITAL,
        "territory": CLERMONT,
        "title": "Le numérique à la portée de tous (démonstration)",
        "nature": "civic",
        "stage": "paused",
        "themes": ["numérique", "citoyenneté", "aidants"],
        "audiences": ["adultes en situation de vulnérabilité"],
        "need": "Des démarches essentielles ne se font plus qu'en ligne.",
        "answer": "Des lieux d'accueil sans rendez-vous, tenus par des aidants formés.",
    },
    {
        "slug": DUMPS,
        "territory": MAYOTTE,
        "title": "Zéro dépôt sauvage (démonstration)",
        "nature": "environmental",
        "stage": "emergence",
        "themes": ["citoyenneté"],
        "audiences": [],
        "need": "Les dépôts sauvages se reforment après chaque nettoyage.",
        "answer": "Des équipes de quartier, un signalement simple et des points de reprise à "
        "moins de dix minutes à pied.",
    },
    {
        "slug": ISLAND_CANTEENS,
        "territory": MAYOTTE,
        "title": "Des cantines locales sur l'île (démonstration)",
        "nature": "social",
        "stage": "replication",
        "themes": ["restauration"],
        "audiences": ["personnes vulnérables"],
        "need": "Les collations scolaires viennent pour l'essentiel de produits importés.",
        "answer": "Reprendre la méthode d'achats groupés éprouvée ailleurs, avec les producteurs "
        "de l'île.",
        "replicated_from": CANTEENS,
    },
]

# (challenge, kind, wording, other fields); « due » and « baseline_on » are days from today.
OBJECTIVES = [
    (
        CANTEENS,
        "count",
        "40 cuisines collectives approvisionnées localement.",
        {"unit": "cuisines", "target": 40, "baseline": 8, "baseline_on": -760, "due": 400},
    ),
    (
        YOUTH,
        "zero",
        "Plus aucun jeune suivi sans emploi ni formation.",
        {"unit": "jeunes sans solution", "target": 0, "baseline": 120, "baseline_on": -700},
    ),
    (
        MOBILITY,
        "rate",
        "Ouvrir quatre services de mobilité partagée chaque année.",
        {"unit": "services ouverts", "target": 4},
    ),
    (DIGITAL, "qualitative", "Ouvrir un réseau de lieux d'accueil numérique.", {}),
    (
        DUMPS,
        "zero",
        "Zéro dépôt sauvage dans les quartiers engagés.",
        {"unit": "dépôts", "target": 0, "baseline": 64, "baseline_on": -420, "due": 500},
    ),
    (
        ISLAND_CANTEENS,
        "count",
        "10 écoles servies par des producteurs de l'île.",
        {"unit": "écoles", "target": 10, "scope": "sur l'île", "due": 600},
    ),
]

# (wording, days since it was reached)
MILESTONES = [
    ("Recenser les lieux d'accueil existants", 520),
    ("Former les premiers aidants", 330),
    ("Ouvrir trois lieux d'essai", None),
    ("Ouvrir un lieu dans chaque commune volontaire", None),
]

# One value a quarter, the last one so many days ago.
QUARTERLY = {
    HOMES: (SILENT, [42, 38, 31, 27, 21, 18]),
    WORKERS: (FRESH, [14, 15, 16, 18, 19]),
    CANTEENS: (FRESH + 15, [9, 12, 15, 17, 22, 26]),
    YOUTH: (STALE + 10, [112, 101, 88, 75]),
    DUMPS: (FRESH + 40, [60, 51, 47]),
}

# One value a year up to that of so many days ago; and those of earlier years, by year.
YEARLY = {
    HOUSES: (STALE, [1, 0, 1, 1], {2019: 1, 2020: 0, 2021: 1}),
    MOBILITY: (FRESH + 10, [3, 4, 5, 2], {}),
}

EARLIER = {WORKERS: {2019: 2, 2020: 7, 2021: 12}}

# The last reading but one of this series was one too high.
CORRECTED = WORKERS
CORRECTION = "Donnée fictive : un parcours interrompu avait été compté."

# A reading that does not stand.
REJECTED = (DUMPS, FRESH, 5, "Comptage d'un seul quartier, sans rapport avec les précédents.")

# (challenge, days ago, mood, text)
REPORTS = [
    (WORKERS, FRESH + 5, "moving", "Donnée fictive : deux nouveaux parcours ont commencé."),
    (WORKERS, 210, "watch", "Donnée fictive : un atelier reste à équiper avant l'été."),
    (CANTEENS, 25, "moving", "Quatre cuisines ont rejoint les achats groupés ce trimestre."),
    (CANTEENS, 120, "watch", "Deux cuisines hésitent : la livraison arrive trop tard le matin."),
    (YOUTH, STALE - 5, "nothing_new", ""),
    (YOUTH, 260, "moving", "Douze entreprises voisines proposent désormais un essai."),
    (MOBILITY, 12, "moving", "Le prêt de vélos ouvre dans une deuxième commune."),
    (
        DIGITAL,
        SILENT - 10,
        "blocked",
        "Le local prévu n'est plus disponible ; rien ne le remplace.",
    ),
    (DUMPS, 45, "watch", "Les points de reprise tiennent, mais deux dépôts se sont reformés."),
]

# (territory, axis, side, title, state, due in days, done days ago, other fields)
COMMITMENTS = [
    (
        LEDONIEN,
        "strategie-territoriale",
        "joint",
        "Arrêter ensemble la feuille de route du territoire",
        "done",
        -380,
        400,
        {},
    ),
    (
        LEDONIEN,
        "strategie-territoriale",
        "state",
        "Mettre à disposition vingt jours d'appui en ingénierie",
        "ongoing",
        120,
        None,
        {},
    ),
    (
        LEDONIEN,
        "financement",
        "state",
        "Présenter les dispositifs de financement aux porteurs de défis",
        "done",
        -200,
        230,
        {"instrument": "fiso-2", "challenge": HOMES},
    ),
    (
        LEDONIEN,
        "financement",
        "territory",
        "Réunir un tour de table pour l'habitat accompagné",
        "ongoing",
        -45,
        None,
        {"challenge": HOMES},
    ),
    (
        LEDONIEN,
        "freins-reglementaires",
        "state",
        "Répondre aux questions réglementaires sur l'habitat partagé",
        "suspended",
        -90,
        None,
        {
            "instrument": "hackers-french-impact",
            "challenge": HOMES,
            "blocked_by": "Deux services se disent compétents.",
            "unblocked_by": "La désignation d'un service référent unique.",
        },
    ),
    (
        LEDONIEN,
        "cooperation",
        "territory",
        "Réunir le collectif une fois par trimestre",
        "ongoing",
        60,
        None,
        {"challenge": HOUSES},
    ),
    (
        LEDONIEN,
        "evaluation-impact",
        "joint",
        "Choisir trois indicateurs communs à tous les défis",
        "to_start",
        200,
        None,
        {"instrument": "outils-evaluation-impact", "challenge": WORKERS},
    ),
    (
        LEDONIEN,
        "entreprises-engagees",
        "territory",
        "Ouvrir vingt journées de découverte des métiers",
        "to_start",
        -15,
        None,
        {"challenge": WORKERS},
    ),
    (
        LEDONIEN,
        "entreprises-engagees",
        "state",
        "Organiser une rencontre avec les réseaux entrepreneuriaux",
        "abandoned",
        -300,
        None,
        {"blocked_by": "Trop peu d'inscrits aux deux dates proposées."},
    ),
    (
        EST_ENSEMBLE,
        "strategie-territoriale",
        "joint",
        "Écrire un plan stratégique à trois ans",
        "done",
        -500,
        520,
        {},
    ),
    (
        EST_ENSEMBLE,
        "financement",
        "state",
        "Ouvrir l'accès au fonds d'amorçage",
        "ongoing",
        90,
        None,
        {"instrument": "fonds-amorcage", "challenge": CANTEENS},
    ),
    (
        EST_ENSEMBLE,
        "freins-reglementaires",
        "state",
        "Clarifier les règles du don alimentaire entre cuisines",
        "ongoing",
        -30,
        None,
        {"instrument": "hackers-french-impact", "challenge": CANTEENS},
    ),
    (
        EST_ENSEMBLE,
        "cooperation",
        "territory",
        "Mettre en commun les outils des réseaux d'accompagnement",
        "done",
        -60,
        75,
        {"challenge": YOUTH},
    ),
    (
        EST_ENSEMBLE,
        "evaluation-impact",
        "territory",
        "Publier les pesées des restes chaque trimestre",
        "ongoing",
        45,
        None,
        {"challenge": CANTEENS},
    ),
    (
        EST_ENSEMBLE,
        "entreprises-engagees",
        "territory",
        "Trouver trente entreprises prêtes à accueillir un essai",
        "suspended",
        30,
        None,
        {
            "challenge": YOUTH,
            "blocked_by": "La personne qui suivait ce dossier a changé de poste.",
            "unblocked_by": "Un recrutement, attendu au prochain trimestre.",
        },
    ),
    (
        CLERMONT,
        "strategie-territoriale",
        "territory",
        "Installer le comité de pilotage du label",
        "done",
        -610,
        600,
        {},
    ),
    (
        CLERMONT,
        "financement",
        "joint",
        "Préparer un dossier pour le fonds d'investissement",
        "to_start",
        150,
        None,
        {"instrument": "fonds-investissement", "challenge": MOBILITY},
    ),
    (
        CLERMONT,
        "freins-reglementaires",
        "state",
        "Étudier une expérimentation sur l'assurance de l'autopartage",
        "ongoing",
        75,
        None,
        {"instrument": "france-experimentation", "challenge": MOBILITY},
    ),
    (
        CLERMONT,
        "cooperation",
        "territory",
        "Accueillir une visite d'étude d'un autre territoire",
        "abandoned",
        -120,
        None,
        {},
    ),
    (
        CLERMONT,
        "evaluation-impact",
        "state",
        "Former les porteurs de défis à la mesure d'impact",
        "done",
        -40,
        55,
        {"instrument": "fonds-evaluation-impact", "challenge": DIGITAL},
    ),
    (
        CLERMONT,
        "entreprises-engagees",
        "joint",
        "Signer une convention de mécénat de compétences type",
        "to_start",
        -10,
        None,
        {"challenge": DIGITAL},
    ),
]
