// Charts by day on Analytics, drawn from the data-series of each canvas: bars or lines, a thin line for what they are
// compared with, a mark on each day whose configuration changed. A click leads to the rows behind the day.
(() => {
  "use strict";
  const { shade, day, money } = certus.charts;
  let drawn = [];

  const count = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });
  function writer(unit, exact) {
    if (unit === "calls") return (value) => count.format(value);
    if (unit === "percent") return (value) => share.format(value);
    if (unit === "minutes") return (value) => (value >= 60 ? `${count.format(Math.round(value / 6) / 10)} h` : `${count.format(value)} min`);
    const format = money(unit, exact ? 2 : 0);
    return (value) => format.format(value);
  }

  // Minutes are counted by fives, quarters and hours, not by tens.
  function step(series) {
    if (series.unit !== "minutes") return undefined;
    const most = Math.max(...series.series[0].values, ...(series.compared?.values || []));
    return [1, 5, 15, 30, 60, 120, 180, 300, 600, 1200, 3000, 6000, 12000, 30000, 60000].find((size) => most / size <= 5);
  }

  function bars(series, stacked, last) {
    const colour = shade(series.shade);
    return { type: "bar", label: series.label, data: series.values, url: series.url, dates: series.dates, backgroundColor: colour, hoverBackgroundColor: colour, stack: stacked ? "all" : series.label, maxBarThickness: 34, borderSkipped: false, borderRadius: last ? { topLeft: 3, topRight: 3 } : 0, order: 2 };
  }

  function line(series, thin) {
    const colour = shade(series.shade);
    // A day that is not known breaks the line; one alone between two gaps is a dot.
    const lonely = series.values.map((value, index) => value !== null && (series.values[index - 1] ?? null) === null && (series.values[index + 1] ?? null) === null);
    return { type: "line", label: series.label, data: series.values, url: series.url, dates: series.dates, borderColor: colour, backgroundColor: colour, borderWidth: thin ? 1.25 : 2, borderDash: thin ? [4, 3] : [], pointRadius: lonely.map((alone) => (alone ? 2 : 0)), pointHitRadius: 8, pointHoverRadius: 4, spanGaps: false, tension: 0, stack: series.label, order: thin ? 1 : 2 };
  }

  // A fine line and a diamond above each day on which somebody changed the configuration.
  const marks = {
    id: "changes",
    afterDatasetsDraw(chart, _args, options) {
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = shade("change");
      ctx.lineWidth = 1;
      for (const index of options.days) {
        const x = Math.round(scales.x.getPixelForValue(index)) + 0.5;
        ctx.setLineDash([2, 3]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top - 8);
        ctx.lineTo(x + 4, chartArea.top - 4);
        ctx.lineTo(x, chartArea.top);
        ctx.lineTo(x - 4, chartArea.top - 4);
        ctx.fill();
      }
      ctx.restore();
    },
  };

  function footer(series, index) {
    const changes = series.changes[series.days[index]];
    return changes ? `${changes} configuration ${changes === 1 ? "change" : "changes"}` : "";
  }

  function urlAt(chart, event) {
    const [nearest] = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false);
    const [onDay] = nearest ? [nearest] : chart.getElementsAtEventForMode(event, "index", { intersect: false }, false);
    if (!onDay) return undefined;
    // The rows of one day: of the chart's own, or of the one that it is compared with.
    const { url, dates } = chart.data.datasets[onDay.datasetIndex];
    const date = (dates || chart.data.labels)[onDay.index];
    return url && date ? url.replaceAll("DAY", date) : undefined;
  }

  function draw(canvas) {
    const series = JSON.parse(canvas.dataset.series);
    const stacked = series.kind === "stacked";
    const short = writer(series.unit, false), exact = writer(series.unit, true);
    const datasets = series.series.map((each, index) => (series.kind === "lines" ? line(each, false) : bars(each, stacked, !stacked || index === series.series.length - 1)));
    if (series.compared) datasets.push(line(series.compared, true));
    const changed = Object.keys(series.changes).map((iso) => series.days.indexOf(iso)).filter((index) => index >= 0);
    return new Chart(canvas, {
      data: { labels: series.days, datasets },
      plugins: [marks],
      options: {
        // Nothing moves: the numbers are there at once, for people who would rather have no motion too.
        animation: false,
        maintainAspectRatio: false,
        layout: { padding: { top: changed.length ? 10 : 0 } },
        interaction: { mode: "index", intersect: false },
        onClick: (event, _elements, chart) => { const url = urlAt(chart, event); if (url) location.assign(url); },
        onHover: (event, _elements, chart) => { chart.canvas.classList.toggle("leads-on", Boolean(urlAt(chart, event))); },
        datasets: { bar: { categoryPercentage: 0.85, barPercentage: 0.9 } },
        scales: {
          x: { stacked, offset: true, grid: { display: false }, border: { color: shade("line") }, ticks: { color: shade("soft"), maxRotation: 0, autoSkipPadding: 16, callback: (_value, index) => day(series.days[index], { month: "short", day: "numeric" }) } },
          y: { stacked, beginAtZero: true, max: series.unit === "percent" ? 1 : undefined, border: { display: false }, grid: { color: shade("line") }, ticks: { color: shade("soft"), maxTicksLimit: 6, stepSize: step(series), precision: series.unit === "calls" ? 0 : undefined, callback: short } },
        },
        plugins: {
          legend: { display: false },
          changes: { days: changed },
          tooltip: {
            backgroundColor: shade("tip"), titleColor: shade("tip-ink"), bodyColor: shade("tip-ink"), footerColor: shade("tip-ink"), padding: 10, cornerRadius: 8, boxPadding: 4,
            callbacks: {
              title: ([item]) => day(item.label, { weekday: "long", month: "long", day: "numeric", year: "numeric" }),
              label: (item) => ` ${item.dataset.label}: ${exact(item.parsed.y)}`,
              footer: (items) => footer(series, items[0]?.dataIndex),
            },
          },
        },
      },
    });
  }

  function drawAll() {
    drawn.forEach((chart) => chart.destroy());
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn = [...document.querySelectorAll("[data-chart] canvas")].map(draw);
  }

  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "analytics") drawAll(); });
  document.documentElement.addEventListener("certus:scheme", () => requestAnimationFrame(drawAll));
  drawAll();
})();
