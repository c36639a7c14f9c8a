// Django names the columns of a table of children, not its fields; nor what its choices by search
// are about. Both are told here to whoever does not see them.
const named = (field) => {
  const row = field.closest(".form-row, td");
  const column = [...(row?.classList ?? [])].find((name) => name.startsWith("field-"));
  const heading = row?.closest("table")?.querySelector(`th.${column?.replace("field", "column")}`);
  const label = row?.querySelector("label, legend");
  if (row?.matches("td.delete")) return "Supprimer cette ligne";
  return (heading ?? label)?.textContent.replace(/[\s:]+$/, "").trim();
};
const PARTS = [
  [".vDateField", "date"],
  [".vTimeField", "heure"],
];

const tell = () => {
  const fields = "input:not([type=hidden]), select, textarea, .select2-selection, .select2-selection [role=textbox]";
  for (const field of document.querySelectorAll(`#content-main form :is(${fields})`)) {
    if (field.labels?.length || field.hasAttribute("aria-label")) continue;
    const name = named(field);
    if (!name) continue;
    const part = PARTS.find(([kind]) => field.matches(`.datetime ${kind}`))?.[1];
    field.setAttribute("aria-label", part ? `${name}, ${part}` : name);
  }
};

// Once the scripts of the choices have drawn them, which may be later than all is loaded; then for
// each row that is added.
addEventListener("load", tell);
window.django?.jQuery?.(tell);
addEventListener("formset:added", () => setTimeout(tell));
