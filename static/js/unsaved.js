// Forms with data-guard: leaving the page (or the drawer) with edits that are not saved is asked about first.
(() => {
  "use strict";
  const before = new WeakMap();
  let leaving = false;
  const content = (form) => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();

  function remember(root) {
    // data-guard="changed": the form came back with what was typed, because something in it was refused.
    root.querySelectorAll("form[data-guard]").forEach((form) => {
      if (!before.has(form)) before.set(form, form.dataset.guard === "changed" ? null : content(form));
    });
  }
  // unsaved(element): does a guarded form inside differ from what it was?
  certus.unsaved = (root) => [...root.querySelectorAll("form[data-guard]")]
    .some((form) => before.has(form) && before.get(form) !== content(form));

  remember(document);
  document.addEventListener("htmx:load", (event) => remember(event.detail.elt.parentElement || event.detail.elt));
  document.addEventListener("reset", (event) => setTimeout(() => before.set(event.target, content(event.target))));
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    setTimeout(() => { leaving = false; }, 2000);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && certus.unsaved(document)) event.preventDefault();
  });
})();
