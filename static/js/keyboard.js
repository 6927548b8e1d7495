// Keys: j and k move, Enter opens (the focus is on a link), Esc closes, / goes to the filters, ? helps.
// Single keys can be switched off in the help, for people whose voice or hand types them by accident.
(() => {
  "use strict";
  const KEY = "certus-keys";
  const toggle = document.querySelector("[data-keys-toggle]");
  let on = true;
  try { on = localStorage.getItem(KEY) !== "off"; } catch { /* storage may be forbidden */ }
  if (toggle) {
    toggle.checked = on;
    toggle.addEventListener("change", () => {
      on = toggle.checked;
      try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* see above */ }
    });
  }

  function move(by) {
    if (document.querySelector("#drawer[open]")) { certus.step(by); return; }
    const links = [...document.querySelectorAll("[data-rows] .row-link")];
    if (!links.length) return;
    const row = document.activeElement.closest?.("tr");
    const at = links.findIndex((link) => link.closest("tr") === row);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function filters() {
    const box = document.getElementById("filters");
    if (!box) return;
    if (getComputedStyle(box).display === "none") box.showPopover();
    const field = box.querySelector("input[type=search], input[type=text]") || box.querySelector("input:not([type=hidden]), select");
    field?.focus();
    field?.select?.();
  }

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, audio, [contenteditable]")) return;
    if (document.querySelector("dialog.box[open]")) return;
    const inDrawer = document.querySelector("#drawer[open]");
    const actions = { j: () => move(1), k: () => move(-1), "/": () => inDrawer || filters(), "?": () => document.getElementById("help").showModal() };
    const action = actions[event.key];
    const shortcut = action ? null : (inDrawer || document).querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!action && !shortcut) return;
    event.preventDefault();
    if (action) action();
    else if (shortcut.matches("input, textarea, select")) shortcut.focus();
    else shortcut.click();
  });
})();
