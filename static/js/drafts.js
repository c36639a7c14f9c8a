// Keeps what is typed in forms that carry data-draft, and says when; warns before it is left.
const PAUSE = 1500; // milliseconds without a key

// Staff who see the space as somebody keep nothing of what they type there.
const isRead = document.querySelector("[data-viewing]");
const forms = isRead ? [] : document.querySelectorAll("form[data-draft]");

for (const form of forms) {
  const state = form.querySelector("[data-draft-state]");
  let timer = 0;
  let unsaved = false;

  const typed = () => {
    const fields = new FormData(form);
    for (const [name, value] of [...fields]) {
      if (value instanceof File) fields.delete(name); // a draft keeps words alone
    }
    return fields;
  };

  const keep = async () => {
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: typed(),
        redirect: "manual",
      });
      if (answer.ok) {
        unsaved = false;
        const { kept_at: time } = await answer.json();
        state.textContent = `Brouillon enregistré à ${time}`;
        return;
      }
      state.textContent =
        "Votre session a expiré\u00a0: enregistrez, vous pourrez vous reconnecter sans rien perdre.";
      unsaved = false;
    } catch {
      state.textContent =
        "Le brouillon n’a pas pu être enregistré\u00a0: vérifiez votre connexion. Votre texte reste ici.";
    }
  };

  form.addEventListener("input", () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    unsaved = false;
    clearTimeout(timer);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) {
      event.preventDefault();
    }
  });
}
