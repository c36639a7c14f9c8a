// « Votre commune » suggests while one types: the « combobox » pattern of the WAI-ARIA Authoring
// Practices. Without it, the form finds the same communes in two steps.
(() => {
  const LETTERS = 2;
  const PAUSE = 150; // ms without a key before asking

  const plural = (n) => `${n} commune${n > 1 ? "s proposées" : " proposée"}`;

  const enhance = (input) => {
    const list = document.createElement("ul");
    list.id = `${input.id}-liste`;
    list.className = "commune-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Communes proposées");
    const status = document.createElement("p");
    status.className = "fr-sr-only";
    status.setAttribute("role", "status");
    input.parentElement.append(list, status);

    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    let urls = [];
    let active = -1;
    let timer = 0;
    let asking = null;

    const stop = () => {
      clearTimeout(timer);
      asking?.abort();
      asking = null;
    };
    const point = (index) => {
      list.children[active]?.setAttribute("aria-selected", "false");
      active = index;
      const option = list.children[active];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) input.setAttribute("aria-activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      stop();
      point(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      status.textContent = "";
    };
    const show = (found) => {
      point(-1);
      urls = found.map((commune) => commune.url);
      list.replaceChildren(
        ...found.map((commune, index) => {
          const option = document.createElement("li");
          option.id = `${list.id}-${index}`;
          option.className = "commune-list__option";
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.textContent = commune.label;
          return option;
        }),
      );
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = found.length
        ? `${plural(found.length)}. Flèches haut et bas pour choisir, Entrée pour ouvrir.`
        : "Aucune commune proposée.";
    };
    const ask = async (typed) => {
      asking = new AbortController();
      const address = `${input.dataset.suggestions}?q=${encodeURIComponent(typed)}`;
      try {
        const answer = await fetch(address, { signal: asking.signal });
        if (answer.ok) show(await answer.json());
        else close();
      } catch (error) {
        // Another letter was typed, or the network is down: the form still works.
        if (error.name !== "AbortError") close();
      }
    };

    input.addEventListener("input", () => {
      const typed = input.value.trim();
      if (typed.length < LETTERS) {
        close();
        return;
      }
      stop();
      timer = setTimeout(() => ask(typed), PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      const last = urls.length - 1;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" && last >= 0 && input.value.trim().length >= LETTERS) {
        event.preventDefault();
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        point(active === last ? 0 : active + 1);
      } else if (event.key === "ArrowUp" && !list.hidden) {
        event.preventDefault();
        point(active <= 0 ? last : active - 1);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        location.assign(urls[active]);
      }
    });
    input.addEventListener("blur", close);
    // The press must not take the focus from the field: the list would close before the click.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const index = [...list.children].indexOf(event.target.closest("[role=option]"));
      if (index >= 0) location.assign(urls[index]);
    });
    input.form.addEventListener("submit", stop);
  };

  document.querySelectorAll("[data-suggestions]").forEach(enhance);
})();
