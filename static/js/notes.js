// Notes: links within a call, and @ completes the names of colleagues who can see it.
// The field keeps its own role: the list is bound to it by aria-controls and aria-activedescendant.
(() => {
  "use strict";

  // An address with # would be a step of history, which the drawer takes for its way back.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-jump]");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const part = link.closest("[data-call]").querySelector(link.getAttribute("href"));
    part.scrollIntoView({ block: "start" });
    part.focus({ preventScroll: true });
  });

  // Whoever asks for a number is about to say why.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".reveal") && event.target.open) event.target.querySelector("[name=reason]").focus();
  }, true);

  const WORD = /(?:^|[^\w@])@([^\s@][^@\n]{0,40})?$/u;
  let open = null;
  let waiting = null;
  let latest = null;

  function word(field) {
    if (field.selectionStart !== field.selectionEnd) return null;
    const found = WORD.exec(field.value.slice(0, field.selectionStart));
    if (!found) return null;
    return { text: found[1] || "", from: field.selectionStart - (found[1] || "").length };
  }

  function prepare(field) {
    const box = field.closest("[data-mentions]");
    let list = box.querySelector(".mention-list");
    if (list) return list;
    list = document.createElement("ul");
    list.className = "mention-list";
    list.id = `${field.id}-people`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Colleagues");
    list.hidden = true;
    box.append(list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    return list;
  }

  function close() {
    clearTimeout(waiting);
    latest?.abort();
    if (!open) return;
    open.list.hidden = true;
    open.list.replaceChildren();
    open.field.removeAttribute("aria-activedescendant");
    open = null;
  }

  function select(at) {
    const options = [...open.list.children];
    open.at = (at + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === open.at)));
    options[open.at].scrollIntoView({ block: "nearest" });
    open.field.setAttribute("aria-activedescendant", options[open.at].id);
  }

  function choose() {
    const { field, people, at } = open;
    const place = word(field);
    close();
    if (!place) return;
    field.setRangeText(`${people[at].name} `, place.from, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  function show(field, people) {
    const list = prepare(field);
    if (!people.length) { close(); return; }
    list.replaceChildren(...people.map((person, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.textContent = person.name;
      return option;
    }));
    list.hidden = false;
    open = { field, list, people, at: 0 };
    select(0);
  }

  async function ask(field) {
    const place = word(field);
    latest?.abort();
    if (!place) { close(); return; }
    const address = field.closest("[data-mentions]").dataset.mentions;
    latest = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(place.text)}`, {
        headers: { Accept: "application/json" }, signal: latest.signal,
      });
      if (!answer.ok) { close(); return; }
      show(field, (await answer.json()).people);
    } catch { /* asked again meanwhile, or no connection: names can be typed */ }
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-mentions] textarea")) return;
    clearTimeout(waiting);
    if (word(event.target)) waiting = setTimeout(() => ask(event.target), 120);
    else close();
  });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.field) close(); });
  // The focus stays in the field while a name is clicked.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".mention-list li");
    if (!option || !open) return;
    event.preventDefault();
    select([...open.list.children].indexOf(option));
    choose();
  });
  // Before the drawer hears of it: Esc closes the list first, then the drawer.
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field || event.isComposing) return;
    const actions = {
      ArrowDown: () => select(open.at + 1), ArrowUp: () => select(open.at - 1), Enter: choose, Tab: choose, Escape: close,
    };
    if (!actions[event.key] || (event.key === "Tab" && event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }, true);
  // Ctrl+Enter sends the note.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("[data-mentions] textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
})();
