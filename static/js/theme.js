// The colour scheme, set before the first paint: the system's, or what was chosen in this browser.
(() => {
  "use strict";
  const KEY = "certus-scheme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "system";
  // Storage may be forbidden; the switch then holds for this page only.
  try { chosen = localStorage.getItem(KEY) || "system"; } catch { /* see above */ }

  function apply() {
    const scheme = chosen === "system" ? (system.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.bsTheme = scheme;
    document.documentElement.dispatchEvent(new CustomEvent("certus:scheme", { detail: scheme }));
  }

  function choose(event) {
    chosen = event.target.value;
    try { localStorage.setItem(KEY, chosen); } catch { /* see above */ }
    apply();
  }

  apply();
  document.documentElement.dataset.scripts = "on";
  system.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key === KEY) { chosen = event.newValue || "system"; apply(); show(); }
  });

  function show() {
    document.querySelectorAll("[data-scheme-switch] input").forEach((input) => { input.checked = input.value === chosen; });
  }
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelectorAll("[data-scheme-switch]").forEach((fieldset) => fieldset.addEventListener("change", choose));
  });
})();
