// Before the first paint: the theme chosen on an earlier visit, else the system's. Without this,
// a dark page flashes white until the design system's script, a module, has run.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("scheme");
  } catch {
    // Storage is refused: the system decides.
  }
  const scheme = chosen || root.getAttribute("data-fr-scheme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = scheme === "dark" || (scheme === "system" && prefersDark);
  root.setAttribute("data-fr-theme", dark ? "dark" : "light");
  // The design system's script otherwise narrates its start in the console.
  window.dsfr = { production: true };
})();
