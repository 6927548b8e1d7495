// htmx: what it may do (no eval, no styles or history of its own); the CSRF token goes out with each request, and a
// failure is said in words where the person is looking.
(() => {
  "use strict";
  Object.assign(htmx.config, {
    includeIndicatorStyles: false, attributesToSettle: ["class"], allowEval: false, allowScriptTags: false,
    selfRequestsOnly: true, historyEnabled: false, historyCacheSize: 0, timeout: 20000, scrollBehavior: "auto",
    responseHandling: [
      { code: "204", swap: false }, { code: "[23]..", swap: true }, { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });

  // The server's own sentence, as certus_admin/errors.py writes it for parts of a page.
  function sentence(xhr) {
    const answer = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
    return answer.querySelector("[data-error-code]")?.textContent.trim();
  }

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
    const said = sentence(xhr);
    if (said) certus.flash(said, "danger");
    else certus.flash("That did not work. Nothing you saved before is lost.", "danger", xhr.getResponseHeader("X-Request-Id"));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      certus.flash("No answer from the back office. Check your connection and try again.", "danger");
    });
  }
})();
