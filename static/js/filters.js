// Filters that depend on each other: a button that says what is checked behind it, days that replace a period, and
// another account, which leaves the location of the one before behind.
(() => {
  "use strict";

  function say(menu) {
    const chosen = [...menu.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
    const summary = menu.querySelector("[data-check-menu]");
    summary.textContent = chosen.join(", ") || "Any";
    summary.setAttribute("aria-label", `${summary.dataset.checkMenu}: ${summary.textContent}`);
  }

  // In the capture phase: what is sent a moment later is already without the other one.
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-filters]");
    if (!form) return;
    const menu = event.target.closest(".check-menu");
    if (menu) say(menu);
    const { account, location: place, period, from, to } = form.elements;
    if (event.target === account && place?.selectedOptions) {
      const group = place.selectedOptions[0]?.closest("optgroup")?.label;
      if (group !== account.selectedOptions[0].text) place.value = "";
    }
    if (!period || !from || !to || !event.target.value) return;
    if (event.target === period) from.value = to.value = "";
    else if (event.target === from || event.target === to) period.value = "";
  }, true);
})();
