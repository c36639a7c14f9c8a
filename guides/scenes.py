"""What the pictures of the guides show: two days of work on the demonstration, played in a browser.

Each step acts as a person would, by the words on the screen, then yields the name of a picture and
what to take. A word or a button that changes breaks its step: that is what keeps the guides true.
``enter(page, email)`` signs somebody in.
"""

LEDONIEN = "/espace/territoire-ledonien-cluster-jura"
SHEET = f"{LEDONIEN}/defis/scicalliance/"
COORDINATOR = "coordination@demonstration.invalid"
STAFF = "administration@demonstration.invalid"
READINGS = """Défi (adresse);Objectif (rang);Date de la mesure;Valeur;Source
scicalliance;1;2026-09-30;16;Comptage du porteur
scicalliance;1;31/31/2026;15;Comptage du porteur
scicalliance;1;2026-10-31;quinze;Comptage du porteur
"""


def coordination(page, enter):
    """Ten minutes of a coordinator."""
    page.goto("/compte/connexion/")
    page.get_by_label("Adresse électronique").fill("prenom.nom@exemple.fr")
    yield "connexion", page.locator("main form").first

    enter(page, COORDINATOR)
    page.goto("/espace/")
    yield "espace", page.get_by_role("region", name="Ce qui vous attend")
    yield "territoire", page.get_by_role("region", name="Votre territoire")

    page.get_by_role("link", name="Faire le point d’étape").click()
    challenge = page.get_by_role("region", name="SCICalliance")
    challenge.get_by_label("Valeur mesurée").fill("14")
    challenge.get_by_label("Source").fill("Comptage du porteur")
    challenge.get_by_text("Ça avance").click()
    challenge.get_by_label("En quelques mots").fill("Deux familles ont emménagé en octobre.")
    yield "point-etape", challenge
    challenge.get_by_role("button", name="Enregistrer le point d’étape").click()

    page.goto(f"{LEDONIEN}/releves/scicalliance/")
    yield "releves", page.locator("main section").first

    page.goto(SHEET)
    page.get_by_label("Le besoin").fill(
        "Des familles du bassin lédonien n’ont pas de logement stable."
    )
    page.get_by_role("button", name="Proposer ces changements").click()
    yield "proposition", page.locator("#proposition").locator("..")

    page.goto(f"{LEDONIEN}/equipe/")
    yield "equipe", page.get_by_role("region", name="Inviter quelqu’un")


def equipe(page, enter):
    """A morning of the label's team, after that of the coordinator."""
    enter(page, STAFF)
    yield "second-facteur", page.locator("main ol").last
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Activer le second facteur").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()
    page.goto("/admin/")
    yield "accueil", page.locator(".board__main")

    page.goto("/admin/territories/commitment/?echeance=retard")
    yield "liste", page.locator("#content")

    page.goto("/admin/challenges/proposal/")
    page.get_by_role("link", name="SCICalliance").click()
    page.get_by_label("Accepter en retouchant").first.check()
    yield "proposition-decidee", page.locator(".decision").first

    page.goto("/admin/territories/designation/?q=grasse")
    page.locator(".action-select").check()
    page.locator("select[name=action]").select_option("suspend")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_label("Motif").fill("Le collectif ne se réunit plus depuis juin.")
    yield "acte", page.locator("#content")
    page.get_by_role("button", name="Suspendre le label").click()
    yield "annuler", page.locator(".undo")
    page.get_by_role("button", name="Annuler").click()

    page.goto("/admin/challenges/reading/importer/")
    page.locator("[type=file]").set_input_files(
        {"name": "releves.csv", "mimeType": "text/csv", "buffer": READINGS.encode()}
    )
    page.get_by_role("button", name="Lire et comparer").click()
    yield "import", page.locator("#content")

    page.goto("/admin/editorial/passage/?page=home")
    page.get_by_role("link", name="Chapeau").click()
    page.get_by_role("button", name="Aperçu (nouvel onglet)").wait_for()
    yield "texte", page.locator("#content")

    page.goto("/admin/accounts/user/?q=coordination")
    page.get_by_role("link", name=COORDINATOR).click()
    page.get_by_role("link", name="Voir l’espace comme cette personne").click()
    page.get_by_label("Motif").fill("Elle ne trouve pas où corriger un relevé.")
    page.get_by_role("button", name="Voir l’espace comme cette personne").click()
    yield "voir-comme", page.get_by_role("region", name="Consultation en cours")
    page.get_by_role("button", name="Arrêter").click()

    page.goto("/admin/challenges/challenge/?q=scicalliance")
    page.locator("#result_list").get_by_role("link", name="SCICalliance").click()
    page.get_by_label("Le besoin").fill("Des familles du Jura n’ont pas de logement stable.")
    page.get_by_label("Motif du changement").fill("Demande du territoire")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.get_by_role("link", name="Historique").click()
    yield "historique", page.locator("#content")

    page.goto("/admin/journal/")
    yield "journal", page.locator("#content")


SCENES = {"coordination": coordination, "equipe": equipe}
