// The panel at the right: links with data-drawer open in it, their address is the page's address meanwhile.
// Back closes it, forward opens it again, a reload shows the same as a page of its own.
(() => {
  "use strict";
  const drawer = document.getElementById("drawer");
  const body = document.getElementById("drawer-body");
  if (!drawer || !body) return;
  const title = document.title;
  // Where the page under the panel is; listing.js moves it when filters change.
  let place = withoutHash(location.href);
  let shown = null;
  let opener = null;

  function withoutHash(url) { return new URL(url, location.href).href.split("#")[0]; }

  // Back or forward while the page was loading moved its address before anybody listened: what it shows is another's.
  const loaded = withoutHash(performance.getEntriesByType("navigation")[0]?.name || location.href);
  const { reloadedFor, ...state } = history.state || {};
  if (loaded !== place && reloadedFor !== loaded) {
    // Once: a browser that names its documents otherwise must not go round in circles.
    history.replaceState({ ...state, reloadedFor: loaded }, "");
    location.reload();
  } else if (reloadedFor) history.replaceState(state, "");

  certus.moveTo = (url, { replace = false } = {}) => {
    place = withoutHash(url);
    history[replace ? "replaceState" : "pushState"]({}, "", url);
  };

  async function mayLeave() {
    return !certus.unsaved?.(body) || certus.ask("Your changes here are not saved. Leave without them?", "Leave");
  }

  function row() { return document.querySelector(".data-table tr.is-open"); }
  function mark(link) {
    row()?.classList.remove("is-open");
    link?.closest("tr")?.classList.add("is-open");
    const links = [...document.querySelectorAll("[data-rows] .row-link[data-drawer]")];
    const at = links.indexOf(link);
    drawer.querySelector('[data-drawer-step="-1"]').disabled = at <= 0;
    drawer.querySelector('[data-drawer-step="1"]').disabled = at < 0 || at === links.length - 1;
  }

  async function load(url) {
    shown = url;
    drawer.querySelector("[data-drawer-page]").href = url;
    drawer.querySelector("[data-flashes]").replaceChildren();
    body.setAttribute("aria-busy", "true");
    let arrived = false;
    const note = (event) => { arrived = event.detail.successful; };
    body.addEventListener("htmx:afterRequest", note);
    try {
      await htmx.ajax("GET", url, { source: body, target: body, swap: "innerHTML" });
    } catch { /* requests.js says what went wrong */ }
    body.removeEventListener("htmx:afterRequest", note);
    if (shown !== url) return;
    body.removeAttribute("aria-busy");
    // What was shown before belongs to another address by now.
    if (!arrived) body.replaceChildren();
    body.scrollTop = 0;
    const heading = body.querySelector("[data-drawer-title], h1, h2");
    if (heading) {
      drawer.setAttribute("aria-label", heading.textContent.trim());
      document.title = `${heading.textContent.trim()} · Certus`;
    }
  }

  function show(link, url) {
    opener = link || opener;
    mark(link);
    if (!drawer.open) {
      body.replaceChildren();
      drawer.showModal();
      body.focus({ preventScroll: true });
    }
    return load(url);
  }

  certus.openDrawer = async (url, link = null) => {
    if (drawer.open && !(await mayLeave())) return;
    // Stepping from row to row is one step of history: back leads to the list.
    history[drawer.open ? "replaceState" : "pushState"]({ drawer: url }, "", url);
    show(link, url);
  };

  function hide() {
    shown = null;
    if (drawer.open) drawer.close();
    body.replaceChildren();
    row()?.classList.remove("is-open");
    document.title = title;
    const link = opener?.isConnected ? opener : null;
    opener = null;
    link?.focus();
  }

  async function close() {
    if (!(await mayLeave())) return;
    const pushed = history.state?.drawer;
    hide();
    if (pushed) history.back();
  }

  certus.step = async (by) => {
    const links = [...document.querySelectorAll("[data-rows] .row-link[data-drawer]")];
    const next = links[links.indexOf(opener) + by];
    if (opener && next) await certus.openDrawer(next.href, next);
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[data-drawer]");
    if (link) {
      event.preventDefault();
      certus.openDrawer(link.href, link);
      return;
    }
    if (event.target === drawer || event.target.closest("[data-drawer-close]")) close();
    const step = event.target.closest("[data-drawer-step]");
    if (step) certus.step(Number(step.dataset.drawerStep));
  });
  drawer.addEventListener("cancel", (event) => {
    if (event.target !== drawer) return;
    event.preventDefault();
    close();
  });

  addEventListener("popstate", async (event) => {
    const url = event.state?.drawer;
    if (drawer.open && url !== shown && !(await mayLeave())) {
      history.pushState({ drawer: shown }, "", shown);
      return;
    }
    if (url && withoutHash(url) !== place) {
      show(document.querySelector(`[data-drawer][href="${CSS.escape(new URL(url, location.href).pathname)}"]`), url);
      return;
    }
    if (drawer.open) hide();
    if (withoutHash(location.href) !== place) location.reload();
  });
})();
