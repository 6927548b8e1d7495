// htmx: the CSRF token goes out with each request, and a failure is said in words where the person is looking.
(() => {
  "use strict";
  const SENTENCES = {
    403: "You do not have access to this.",
    404: "This does not exist any more, or you have no access to it.",
    413: "That is too large to be sent.",
    429: "Too many tries. Wait a little.",
    503: "The back office is not available right now. Nothing is lost; try again in a minute.",
  };

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const landed = new URL(xhr.responseURL || location.href, location.href);
    // The session ended: sign in, and come back to where this was.
    if (landed.pathname === "/login") {
      event.detail.shouldSwap = false;
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    } else if (xhr.status < 400 && /^\s*<!doctype/i.test(xhr.responseText)) {
      // A whole page is never put inside a part of one.
      event.detail.shouldSwap = false;
      location.assign(landed.href);
    }
  });

  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    const sentence = SENTENCES[xhr.status] || "That did not work. Nothing you saved before is lost; try again.";
    certus.flash(sentence, "danger", xhr.getResponseHeader("X-Request-Id"));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      certus.flash("No answer from the back office. Check your connection and try again.", "danger");
    });
  }
})();
