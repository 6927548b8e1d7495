// The week grid: the buttons that the server answers without scripts act at once here.
(() => {
  "use strict";
  const grid = () => document.querySelector("[data-hours]");
  const days = (form) => [...form.querySelectorAll("[data-day]")];
  const rows = (day) => [...day.querySelectorAll("[data-interval]")];
  const times = (row) => row.querySelectorAll("input[type=time]");

  // Names count on, hints and "Closed" follow what is there.
  function refresh(day) {
    rows(day).forEach((row, number) => {
      const name = `${day.dataset.dayName}, interval ${number + 1}`;
      const [opens, closes] = times(row);
      opens.setAttribute("aria-label", `${name} opens`);
      closes.setAttribute("aria-label", `${name} closes`);
      const remove = row.querySelector("[data-remove]");
      remove.setAttribute("aria-label", `Remove ${name}`);
      remove.value = `remove-${day.dataset.day}-${number}`;
      const next = opens.value && closes.value && closes.value <= opens.value;
      row.querySelector("[data-next-day]").textContent = next ? "(next day)" : "";
    });
    const whole = day.querySelector("[data-whole]").checked;
    day.querySelector("[data-none]").hidden = whole || rows(day).length > 0;
    day.classList.toggle("day-closed", !whole && !rows(day).length);
    day.classList.toggle("day-whole-on", whole);
  }

  function add(day, opens = "", closes = "") {
    const row = day.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    times(row)[0].value = opens;
    times(row)[1].value = closes;
    day.querySelector("[data-intervals]").append(row);
    return row;
  }

  // Rows of a day that was open around the clock come back when the switch goes off.
  const put = new WeakMap();
  function setWhole(day, on) {
    const box = day.querySelector("[data-whole]");
    box.checked = on;
    day.querySelectorAll("[data-whole-hidden]").forEach((field) => field.remove());
    if (on) {
      put.set(day, rows(day));
      rows(day).forEach((row) => row.remove());
    } else if (put.has(day)) {
      day.querySelector("[data-intervals]").append(...put.get(day));
      put.delete(day);
    }
    refresh(day);
  }

  function copy(from, to) {
    setWhole(to, false);
    rows(to).forEach((row) => row.remove());
    if (from.querySelector("[data-whole]").checked) setWhole(to, true);
    else rows(from).forEach((row) => add(to, times(row)[0].value, times(row)[1].value));
    refresh(to);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hours] button");
    if (!button) return;
    const day = button.closest("[data-day]");
    if (!day) return;
    if (button.matches("[data-add]")) {
      event.preventDefault();
      setWhole(day, false);
      const row = add(day);
      refresh(day);
      times(row)[0].focus();
    } else if (button.matches("[data-remove]")) {
      event.preventDefault();
      const all = rows(day);
      const at = all.indexOf(button.closest("[data-interval]"));
      all[at].remove();
      refresh(day);
      const next = all[at + 1] || all[at - 1];
      (next ? next.querySelector("[data-remove]") : day.querySelector("[data-add]")).focus();
    } else if (button.matches("[data-copy-day]")) {
      event.preventDefault();
      day.querySelectorAll("[data-copy-to]:checked").forEach((box) => {
        copy(day, days(grid()).find((other) => other.dataset.day === box.value));
        box.checked = false;
      });
      const menu = button.closest("details");
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("change", (event) => {
    const day = event.target.closest("[data-hours] [data-day]");
    if (!day) return;
    if (event.target.matches("[data-whole]")) setWhole(day, event.target.checked);
    else refresh(day);
  });
  document.addEventListener("input", (event) => {
    const day = event.target.matches("input[type=time]") && event.target.closest("[data-hours] [data-day]");
    if (day) refresh(day);
  });

  // How long busy mode still lasts.
  function tick() {
    document.querySelectorAll("[data-countdown]").forEach((element) => {
      const seconds = Math.max(0, Math.floor((new Date(element.dataset.countdown) - Date.now()) / 1000));
      const minutes = Math.floor(seconds / 60);
      const two = (number) => String(number).padStart(2, "0");
      element.textContent = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min` : `${minutes}:${two(seconds % 60)}`;
    });
  }
  setInterval(tick, 1000);
})();
