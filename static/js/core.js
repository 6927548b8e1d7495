// What the other scripts share: messages and questions. Everything hangs on data attributes (see templates/layout.html).
window.certus = window.certus || {};
(() => {
  "use strict";

  // flash("Saved.", "success"): a message where the person is looking; kinds: success, info, warning, danger.
  certus.flash = (text, kind = "info", reference = null) => {
    const drawer = document.querySelector("#drawer[open] [data-flashes]");
    const region = drawer || document.getElementById("flashes");
    const notice = document.getElementById("notice").content.firstElementChild.cloneNode(true);
    notice.classList.add(`notice-${kind}`);
    notice.setAttribute("role", kind === "danger" || kind === "warning" ? "alert" : "status");
    notice.querySelector("[data-text]").textContent = text;
    if (reference) {
      const code = document.createElement("code");
      code.textContent = reference;
      notice.querySelector("[data-text]").append(" Request ", code);
    }
    region.querySelectorAll(".notice").forEach((old) => { if (old.textContent === notice.textContent) old.remove(); });
    region.append(notice);
    notice.scrollIntoView({ block: "nearest" });
  };

  // ask("Delete this note?", "Delete"): a promise of true or false.
  certus.ask = (text, yes = "Go on") => new Promise((resolve) => {
    const dialog = document.getElementById("question");
    dialog.querySelector("#question-text").textContent = text;
    dialog.querySelector("[data-question-yes]").textContent = yes;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });

  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".notice").remove();
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog").close();
    if (event.target.matches("dialog.box")) event.target.close("no");
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => certus.flash("Copied.", "success"));
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // Forms (and buttons of forms) that ask before they are sent.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || form.dataset.confirmed === "yes") { delete form.dataset.confirmed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (await certus.ask(question, submitter?.dataset.confirmYes || form.dataset.confirmYes)) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    }
  }, true);

  // A form that is on its way is not sent again by a second click; after ten seconds without an answer it may be.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 10000);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Definitions stay away once Esc was pressed, until the pointer or focus comes back.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(".tip:hover, .tip:focus-within").forEach((tip) => {
      tip.classList.add("tip-away");
      const back = () => tip.classList.remove("tip-away");
      tip.addEventListener("mouseleave", back, { once: true });
      tip.addEventListener("focusout", back, { once: true });
    });
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-player-speed]")) return;
    event.target.closest("[data-player]").querySelector("audio").playbackRate = Number(event.target.value);
  });
})();
