/* Draws the charts of Admin with the theme's Chart.js: data and colour names come with the canvas. */
(() => {
  "use strict";

  const drawn = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--bb-chart-${name}`).trim();

  const dataset = (set, kind) => {
    const is_line = kind === "line";
    return {
      label: set.label,
      data: set.data,
      borderColor: colour(set.colour),
      backgroundColor: colour(set.colour),
      borderWidth: is_line ? 2 : 0,
      borderRadius: is_line ? 0 : 3,
      maxBarThickness: 28,
      cubicInterpolationMode: "monotone",
      spanGaps: true,
      pointRadius: is_line ? 2 : 0,
      pointHoverRadius: 4,
    };
  };

  const options = (kind, unit) => {
    const stacked = kind === "stack" || kind === "across";
    const names = { grid: { display: false }, ticks: { color: colour("text"), maxRotation: 0, autoSkipPadding: 12 }, stacked };
    const counts = { beginAtZero: true, stacked, border: { display: false }, grid: { color: colour("grid") }, ticks: { color: colour("text"), precision: 0, maxTicksLimit: 6 } };
    const is_across = kind === "across";
    if (is_across) names.ticks.callback = function (index) { const name = this.getLabelForValue(index); return name.length > 18 ? `${name.slice(0, 17)}…` : name; };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      indexAxis: is_across ? "y" : "x",
      interaction: { mode: "index", intersect: false, axis: is_across ? "y" : "x" },
      scales: is_across ? { x: counts, y: names } : { x: names, y: counts },
      plugins: {
        legend: { position: "bottom", labels: { color: colour("text"), boxWidth: 10, boxHeight: 10, usePointStyle: true, pointStyle: kind === "line" ? "line" : "rectRounded" } },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${(is_across ? item.parsed.x : item.parsed.y).toLocaleString("ru")}${unit ? ` ${unit}` : ""}` } },
      },
    };
  };

  const draw = (canvas) => {
    const given = JSON.parse(canvas.dataset.chart);
    const kind = canvas.dataset.kind;
    drawn.get(canvas)?.destroy();
    const data = { labels: given.labels, datasets: given.sets.map((set) => dataset(set, kind)) };
    drawn.set(canvas, new Chart(canvas, { type: kind === "line" ? "line" : "bar", data, options: options(kind, given.unit) }));
  };

  const drawAll = () => {
    for (const [canvas, chart] of drawn) {
      if (!canvas.isConnected) { chart.destroy(); drawn.delete(canvas); }
    }
    document.querySelectorAll("canvas.bb-chart").forEach((canvas) => { if (!drawn.has(canvas)) draw(canvas); });
  };

  const redraw = () => [...drawn.keys()].forEach((canvas) => { if (canvas.isConnected) draw(canvas); });

  drawAll();
  document.addEventListener("htmx:afterSwap", drawAll);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
})();
