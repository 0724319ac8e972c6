// The two charts of a budget's page. Chart.js draws on a canvas and styles it through the DOM, which a policy without
// inline styles allows; the legend and the numbers are ordinary elements beside it, for keyboards and screen readers.

const charts = new Map();
const DAY_MS = 86_400_000;
const LONGEST_DAYS = 400;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Every UTC day from the first that is known, or the period's first, to the period's last. */
function calendar(series) {
  const first = Date.parse(series.items[0]?.day ?? series.period.start.slice(0, 10));
  const lastKnown = Date.parse(series.items.at(-1)?.day ?? series.period.start.slice(0, 10));
  const end = Date.parse(series.period.end) - 1;
  const last = end - first > LONGEST_DAYS * DAY_MS ? lastKnown : Math.max(lastKnown, end);
  const days = [];
  for (let at = first; at <= last; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** Totals by day; before a counter was first read nothing is known of it. */
function totals(series) {
  let seen = Number(series.opening) === 0;
  return series.items.map((day) => {
    seen ||= Number(day.spent) !== 0;
    return seen || day === series.items.at(-1) ? Number(day.total) : null;
  });
}

function lines(series, days) {
  const total = totals(series);
  const provisional = (i) => series.items[i]?.state === 'provisional';
  const now = series.items.length - 1;
  const ending = (value) => days.map((_, i) => (i === now ? total[now] : i === days.length - 1 && i > now ? Number(value) : null));
  const limit = series.limit === null ? null : Number(series.limit);
  const line = { pointRadius: 0, pointHitRadius: 8, borderWidth: 2, spanGaps: true, tension: 0 };
  const sets = [{
    ...line,
    label: 'Spent', data: total, borderColor: colour('accent'), backgroundColor: colour('accent-tint'), fill: 'origin', order: 2, borderWidth: 2.5,
    segment: { borderDash: (at) => (provisional(at.p1DataIndex) ? [4, 4] : undefined) },
    pointRadius: series.items.map((day, i) => (day.restated ? 6 : i === now ? 4 : 0)),
    pointStyle: series.items.map((day) => (day.restated ? 'triangle' : 'circle')),
    pointBorderColor: series.items.map((day) => (day.restated ? colour('warning-bar') : colour('accent'))),
    pointBackgroundColor: series.items.map((day) => (day.restated ? colour('warning-bar') : colour('accent'))),
  }];
  if (limit !== null) {
    sets.push({ ...line, label: 'Limit', data: days.map(() => limit), borderColor: colour('critical'), order: 1 });
    if (days.length > series.items.length || series.items.length > 1) {
      sets.push({ ...line, label: 'Even pace', data: days.map((_, i) => (limit * (i + 1)) / days.length), borderColor: colour('soft'), borderDash: [2, 5], borderWidth: 1.5, order: 4 });
    }
  }
  if (series.forecast && days.length > series.items.length) {
    const faint = { ...line, borderWidth: 0, backgroundColor: colour('band'), order: 5 };
    sets.push({ ...faint, label: 'Forecast, low', data: ending(series.forecast.p10) },
      { ...faint, label: 'Forecast, high', data: ending(series.forecast.p90), fill: '-1' },
      { ...line, label: 'Forecast', data: ending(series.forecast.p50), borderColor: colour('forecast'), borderDash: [6, 4], order: 3 });
  }
  return sets;
}

function bars(series) {
  const paint = (day) => (day.restated ? colour('warning-bar') : day.state === 'provisional' ? colour('accent-pale') : colour('accent'));
  return [{ label: 'Spent', data: series.items.map((day) => Number(day.spent)), backgroundColor: series.items.map(paint), maxBarThickness: 28 }];
}

function options(series) {
  const grid = { color: colour('line') };
  const ticks = { color: colour('soft'), maxRotation: 0, autoSkipPadding: 16 };
  return {
    responsive: true, maintainAspectRatio: false, interaction: { mode: 'index', intersect: false }, animation: false,
    plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => (item.raw === null ? null : `${item.dataset.label}: ${item.formattedValue} ${series.unit ?? ''}`) } } },
    scales: {
      x: { grid: { display: false }, ticks: { ...ticks, callback(value) { return this.getLabelForValue(value).slice(5); } } },
      y: { beginAtZero: true, grid, border: { display: false }, ticks: { ...ticks, maxTicksLimit: 6 }, title: { display: true, text: series.unit ?? '', color: colour('soft') } },
    },
  };
}

function put(name, type, labels, datasets, series) {
  const canvas = document.getElementById(name);
  const chart = charts.get(name);
  if (chart && chart.canvas === canvas) {
    chart.data = { labels, datasets };
    chart.options = options(series);
    chart.update('none');
    return;
  }
  chart?.destroy();
  charts.set(name, new globalThis.Chart(canvas, { type, data: { labels, datasets }, options: options(series) }));
}

export async function draw(series) {
  // Only this page needs it; as a module it sets the global it would set as a script.
  await import('/chart.js');
  if (!document.getElementById('total')) return;
  const days = calendar(series);
  put('total', 'line', days, lines(series, days), series);
  put('daily', 'bar', days, bars(series), series);
}
