// A one-time link: what stands behind the # goes into the form and out of the address and the history, then on.
(() => {
  "use strict";
  const form = document.querySelector("[data-one-time-link]");
  const token = location.hash.slice(1);
  if (!form || !token) return;
  history.replaceState(null, "", location.pathname);
  form.elements.link.value = token;
  form.requestSubmit();
})();
