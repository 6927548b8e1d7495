// Lists: filters change the list and the address; a click anywhere in a row opens it.
(() => {
  "use strict";
  let pushed = 0;

  function tidy(data) {
    for (const [name, value] of [...data.entries()]) if (value === "") data.delete(name);
  }
  // Addresses carry what is chosen and nothing else, with scripts or through a plain submit.
  document.addEventListener("formdata", (event) => {
    if (event.target.matches("[data-filters]")) tidy(event.formData);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("[data-filters]")) return;
    for (const [name, value] of Object.entries(event.detail.parameters)) {
      if (value === "" || value === null) delete event.detail.parameters[name];
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.detail.requestConfig?.elt;
    if (!form?.matches?.("[data-filters]")) return;
    // Keystrokes in quick succession are one step of history.
    const now = Date.now();
    certus.moveTo(event.detail.pathInfo.finalRequestPath, { replace: now - pushed < 2000 });
    pushed = now;
    const status = document.getElementById("listing-status");
    const count = event.detail.target.querySelector("[data-count]");
    if (status && count) status.textContent = count.textContent.trim();
    const badge = document.querySelectorAll(".chip").length;
    const open = document.querySelector(".filters-open .count");
    if (open) open.textContent = badge;
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-filters]")) event.target.closest("[popover]:popover-open")?.hidePopover();
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] tr[data-row]");
    if (!row || event.target.closest("a, button, input, select, textarea, label, summary, audio")) return;
    if (String(getSelection())) return;
    const link = row.querySelector(".row-link");
    if (!link) return;
    if (event.metaKey || event.ctrlKey) open(link.href, "_blank", "noopener");
    else link.click();
  });
})();
