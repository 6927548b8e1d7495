// What every chart shares: the page's own colours, and how days and money are written.
(() => {
  "use strict";
  certus.charts = {
    shade(name) {
      // Custom properties hold light-dark(...): only a real property tells which of the two it is right now.
      const probe = document.createElement("span");
      probe.hidden = true;
      probe.className = `shade-${name}`;
      document.body.append(probe);
      const colour = getComputedStyle(probe).color;
      probe.remove();
      return colour;
    },
    day: (iso, options) => new Date(`${iso}T12:00:00Z`).toLocaleDateString("en-US", { timeZone: "UTC", ...options }),
    money: (currency, digits) => new Intl.NumberFormat("en-US", { style: "currency", currency, maximumFractionDigits: digits, minimumFractionDigits: digits }),
  };
})();
