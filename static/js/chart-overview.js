// The Overview's chart: calls a day (answered, missed, other) or order revenue a day, in the page's own colours.
// It is drawn from data-series of its canvas, anew when the pickers swap the page or the colour scheme changes.
(() => {
  "use strict";
  let drawn = null;

  const { shade, day, money } = certus.charts;

  function bars(label, data, colour, last) {
    return { label, data, backgroundColor: colour, hoverBackgroundColor: colour, stack: "all", maxBarThickness: 34, borderSkipped: false, borderRadius: last ? { topLeft: 3, topRight: 3 } : 0 };
  }

  function datasets(series, choice) {
    if (choice !== "calls") return [bars(`Order revenue (${choice})`, series.revenue[choice], shade("accent"), true)];
    return [
      bars("Answered", series.answered, shade("accent"), false),
      bars("Missed", series.missed, shade("missed"), false),
      bars("Voicemail or unknown", series.other, shade("other"), true),
    ];
  }

  function draw() {
    drawn?.destroy();
    drawn = null;
    const section = document.querySelector("[data-overview-chart]");
    const canvas = section?.querySelector("canvas");
    if (!canvas) return;
    const series = JSON.parse(canvas.dataset.series);
    const choice = section.querySelector("[data-chart-choice] :checked")?.value || "calls";
    const whole = choice === "calls" ? new Intl.NumberFormat("en-US") : money(choice, 0);
    const exact = choice === "calls" ? whole : money(choice, 2);
    section.querySelector("[data-chart-legend]").hidden = choice !== "calls";
    canvas.setAttribute("aria-label", `${choice === "calls" ? "Calls by day: answered, missed, voicemail or unknown" : `Order revenue by day in ${choice}`}. The table below has the numbers.`);
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn = new Chart(canvas, {
      type: "bar",
      data: { labels: series.days, datasets: datasets(series, choice) },
      options: {
        // Nothing moves: the numbers are there at once, for people who would rather have no motion too.
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        datasets: { bar: { categoryPercentage: 0.85, barPercentage: 0.9 } },
        scales: {
          x: { stacked: true, grid: { display: false }, border: { color: shade("line") }, ticks: { color: shade("soft"), maxRotation: 0, autoSkipPadding: 16, callback: (_value, index) => day(series.days[index], { month: "short", day: "numeric" }) } },
          y: { stacked: true, beginAtZero: true, border: { display: false }, grid: { color: shade("line") }, ticks: { color: shade("soft"), maxTicksLimit: 6, precision: 0, callback: (value) => whole.format(value) } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            backgroundColor: shade("tip"), titleColor: shade("tip-ink"), bodyColor: shade("tip-ink"), footerColor: shade("tip-ink"), padding: 10, cornerRadius: 8, boxPadding: 4,
            callbacks: {
              title: ([item]) => day(item.label, { weekday: "long", month: "long", day: "numeric" }),
              label: (item) => ` ${item.dataset.label}: ${exact.format(item.parsed.y)}`,
              footer: (items) => (items.length > 1 ? `All calls: ${whole.format(items.reduce((sum, item) => sum + item.parsed.y, 0))}` : ""),
            },
          },
        },
      },
    });
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-chart-choice]")) draw();
    // The last day cannot lie before the first one.
    if (event.target.matches("[data-first-day]")) event.target.form.querySelector("[data-last-day]").min = event.target.value;
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "overview") draw(); });
  document.documentElement.addEventListener("certus:scheme", () => requestAnimationFrame(draw));
  draw();
})();
