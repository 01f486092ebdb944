/** Draws Grafana's dashboards of the workloads from the line's Prometheus, each as its file says. */
import { element, shape, short } from "./format.js";
import { columns, interval, inUnit, meaning, minutesOf, panelAxis, runs, slices, stacked, step } from "./grafana-scale.js";

/** Milliseconds until a line that does not answer is asked again. */
const AGAIN = 5_000;
/** Colours of lines, which can be told apart on light and on dark. */
const COLOURS = ["#3b82d6", "#d9822b", "#2f9e62", "#9a63c9", "#c94f6d", "#1f9fb3", "#a98f1e", "#8a6d5a"];
const [WIDTH, HEIGHT] = [600, 200];
const at = (id) => document.getElementById(id);
const colour = (index) => COLOURS[index % COLOURS.length];
const asked = new URLSearchParams(location.search);

/** A time of day in the browser's zone, as the files say. */
const clock = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

function painted(node, name, paint) {
  node.style[name] = paint;
  return node;
}

const swatch = (paint) => painted(element("i"), "background", paint);
const nothing = () => element("p", { class: "none" }, "No data in this time.");

/** The frame of an axis of values and one of time, about what is drawn. */
function frame({ start, end }, scale, unit, drawn, words) {
  const [low, high] = [scale[0], scale.at(-1)];
  const label = (value) => painted(element("span", {}, words?.(value) ?? inUnit(value, unit)), "bottom", `${(100 * (value - low)) / (high - low)}%`);
  const times = [0, 1, 2, 3, 4].map((part) => start + ((end - start) * part) / 4);
  const tick = (time) => painted(element("span", {}, clock(time)), "left", `${(100 * (time - start)) / (end - start)}%`);
  return [
    element("div", { class: "plot-frame" }, drawn, ...scale.map(label)),
    element("div", { class: "ticks" }, ...times.map(tick)),
  ];
}

function canvas() {
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
}

function lines(panel, { series }, board) {
  const { defaults } = panel.fieldConfig;
  const { custom = {}, thresholds } = defaults;
  const levels = custom.thresholdsStyle?.mode === "line" ? thresholds.steps.filter((one) => one.value !== null) : [];
  const shown = custom.stacking?.mode === "normal" ? stacked(series) : series;
  const values = shown.flatMap((one) => one.points.map((point) => point.value));
  const scale = panelAxis(defaults, values, levels.map((level) => level.value));
  const [low, high] = [scale[0], scale.at(-1)];
  const x = (time) => ((time - board.start) / (board.end - board.start)) * WIDTH;
  const y = (value) => HEIGHT - ((value - low) / (high - low)) * HEIGHT;
  const level = (value, attributes) => shape("line", { x1: 0, x2: WIDTH, y1: y(value), y2: y(value), ...attributes });
  const svg = canvas();
  svg.append(...scale.map((value) => level(value, {})));
  shown.forEach((one, index) => {
    const paint = colour(index);
    const link = one.links[0];
    const into = link ? shape("a", { href: link.url, target: "_blank", rel: "noreferrer" }) : svg;
    if (link) svg.append(into);
    for (const run of runs(one.points, board.step)) {
      // A single value is as wide as a step.
      const all = run.length > 1 ? run : [run[0], { ...run[0], time: run[0].time + board.step }];
      const path = all.map(({ time, value }, i) => `${i ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
      const back = all.toReversed().map(({ time, base }) => `L${x(time).toFixed(1)} ${y(base ?? low).toFixed(1)}`).join("");
      const fill = shape("path", { class: "fill", d: `${path}${back}Z` });
      fill.style.fill = paint;
      fill.style.fillOpacity = (custom.fillOpacity ?? 0) / 100;
      into.append(fill, shape("path", { d: path, stroke: paint }));
    }
  });
  for (const one of levels.filter(({ value }) => value <= high)) {
    const line = level(one.value, { class: `level ${meaning(one.color)}` });
    svg.append(painted(line, "stroke", "currentColor"));
  }
  for (const { name, start } of board.marks) {
    const mark = shape("line", { class: "mark", x1: x(start), x2: x(start), y1: 0, y2: HEIGHT });
    mark.append(named(name));
    svg.append(mark);
  }
  const newest = ({ points }) => (points.length ? inUnit(points.at(-1).value, defaults.unit) : "");
  const legend = series.map((one, index) => element("span", { title: newest(one) }, swatch(colour(index)), one.links[0] ? anchor(one) : one.name));
  return [...frame(board, scale, defaults.unit, svg), element("div", { class: "legend" }, ...legend)];
}

function named(text) {
  const title = shape("title");
  title.append(text);
  return title;
}

function anchor({ name, links: [link] }) {
  return element("a", { href: link.url, target: "_blank", rel: "noreferrer", title: link.title }, name);
}

const newestOf = ({ points }) => points.at(-1).value;

function numbers(panel, { series }) {
  const { unit, thresholds } = panel.fieldConfig.defaults;
  const one = (each) => element("div", {}, element("b", { class: step(newestOf(each), thresholds.steps) }, inUnit(newestOf(each), unit)), element("span", {}, each.name));
  return [element("div", { class: "numbers" }, ...series.map(one))];
}

function bars(panel, { series }) {
  const { unit, thresholds, max } = panel.fieldConfig.defaults;
  const highest = max ?? Math.max(...series.map(newestOf));
  const one = (each) => {
    const value = newestOf(each);
    const bar = painted(element("i"), "width", `${Math.min(100, (100 * value) / highest)}%`);
    return [element("span", {}, each.name), element("div", { class: `track ${step(value, thresholds.steps)}` }, bar), element("b", {}, inUnit(value, unit))];
  };
  return [element("div", { class: "bars" }, ...series.flatMap(one))];
}

function pie(panel, { series }) {
  const svg = shape("svg", { viewBox: "-1.05 -1.05 2.1 2.1" });
  const parts = slices(series.map(newestOf));
  const point = (share) => `${Math.sin(share * 2 * Math.PI).toFixed(4)} ${(-Math.cos(share * 2 * Math.PI)).toFixed(4)}`;
  parts.forEach(({ start, end }, index) => {
    const whole = end - start > 0.9999;
    const d = whole ? "M0 -1A1 1 0 1 1 0 1A1 1 0 1 1 0 -1" : `M0 0L${point(start)}A1 1 0 ${end - start > 0.5 ? 1 : 0} 1 ${point(end)}Z`;
    const slice = shape("path", { class: "fill", d });
    svg.append(painted(slice, "fill", colour(index)));
  });
  const row = (each, index) => element("tr", {}, element("td", {}, swatch(colour(index)), each.name), element("td", {}, `${Math.round(100 * (parts[index].end - parts[index].start))}%`));
  return [element("div", { class: "pie" }, element("div", { class: "round" }, svg), element("table", {}, ...series.map(row)))];
}

function table(panel, { series }) {
  const names = columns(series);
  const head = element("tr", {}, ...names.map((name) => element("th", {}, name)), element("th", {}, "Value"));
  const row = (each) => element("tr", {}, ...names.map((name) => element("td", {}, each.labels[name] ?? "")), element("td", {}, short(newestOf(each))));
  return [element("div", { class: "table" }, element("table", {}, head, ...series.map(row)))];
}

/** Rows are buckets, from the lowest up; the more of a time's values are in one, the stronger its colour. */
function heatmap(panel, { series }, board) {
  const svg = canvas();
  const most = Math.max(...series.flatMap((one) => one.points.map((point) => point.value)), 0);
  const high = HEIGHT / series.length;
  const wide = (board.step / (board.end - board.start)) * WIDTH;
  series.forEach((one, index) => {
    for (const { time, value } of one.points.filter((point) => point.value > 0)) {
      const x = ((time - board.start) / (board.end - board.start)) * WIDTH;
      const cell = shape("rect", { x: x - wide, y: HEIGHT - (index + 1) * high, width: wide * 1.05, height: high });
      cell.style.fill = COLOURS[0];
      cell.style.fillOpacity = 0.12 + (0.88 * value) / most;
      svg.append(cell);
    }
  });
  const scale = Array.from({ length: series.length + 1 }, (_, index) => index);
  return frame(board, scale, "short", svg, (index) => (index === 0 ? "" : series[index - 1].name));
}

const KINDS = { timeseries: lines, stat: numbers, bargauge: bars, piechart: pie, table, heatmap };

/** A panel at its place in the grid. The newest values are of series that have one. */
function widget(panel, drawn, board) {
  const { x, y, w, h } = panel.gridPos;
  const shown = { ...drawn, series: drawn.series.filter((one) => one.points.length) };
  const content = () => {
    if (drawn.error) return [element("p", { class: "refused" }, drawn.error)];
    return shown.series.length ? KINDS[panel.type](panel, shown, board) : [nothing()];
  };
  const about = panel.description ? element("small", { title: panel.description }, panel.description) : null;
  const node = element("section", { class: `widget ${panel.type}` }, element("h2", { title: panel.title }, panel.title, about), ...content());
  node.style.gridArea = `${y + 1} / ${x + 1} / span ${h} / span ${w}`;
  return node;
}

function addressWith(name, value) {
  const changed = new URLSearchParams(asked);
  if (value === null) changed.delete(name);
  else changed.set(name, value);
  return `?${changed}${location.hash}`;
}

/** The heading: what is shown, the texts that can be changed, what fired. */
function heading({ dashboard, variables, marks }, prometheus) {
  const text = ({ name, label }) => {
    const input = element("input", { value: variables[name], "aria-label": label, size: 28 });
    input.onchange = () => location.assign(addressWith(`var-${name}`, input.value));
    return element("label", {}, `${label} `, input);
  };
  const texts = dashboard.templating.list.filter((one) => one.type === "textbox").map(text);
  const fired = [...new Set(marks.map((mark) => mark.name))].sort();
  return [
    element("h2", {}, dashboard.title), element("span", {}, dashboard.description),
    element("span", {}, `Data source: ${prometheus} · read each ${dashboard.refresh}`), ...texts,
    fired.length ? element("span", { class: "firing" }, `Fired in this time: ${fired.join(", ")}`) : null,
  ].filter(Boolean);
}

/** The times that can be shown: all that there is, half an hour, and the file's. */
function ranges(dashboard) {
  const own = minutesOf(dashboard.time.from);
  const offered = [[null, "since the start"], ["30", "30 minutes"], [String(own), `${dashboard.time.from.slice(4)}, as in the file`]];
  const link = ([value, label]) => element("a", { href: addressWith("minutes", value), ...(value === asked.get("minutes") ? { "aria-current": "true" } : {}) }, label);
  return offered.map(link);
}

function empty(text) {
  at("about").replaceChildren();
  at("board").replaceChildren(element("p", { class: "empty" }, text));
  return AGAIN;
}

/** Draws, and returns the milliseconds until it is drawn again. */
async function draw() {
  const { prometheus, dashboards } = await (await fetch("/grafana")).json();
  const uid = decodeURIComponent(location.hash.slice(1)) || dashboards[0]?.uid;
  const link = (one) => element("a", { href: `#${one.uid}`, ...(one.uid === uid ? { "aria-current": "page" } : {}) }, one.title);
  at("names").replaceChildren(...dashboards.map(link));
  if (!prometheus) return empty("This line has no Prometheus. Start it with: picket demo --workload inquiry-pipeline --prometheus");
  if (!uid) return empty("No workload has dashboards of Grafana.");
  const answer = await fetch(`/grafana/${encodeURIComponent(uid)}?${asked}`);
  if (!answer.ok) return empty(await answer.text());
  const board = await answer.json();
  at("ranges").replaceChildren(...ranges(board.dashboard));
  at("about").replaceChildren(...heading(board, prometheus));
  at("board").replaceChildren(...board.dashboard.panels.map((panel, index) => widget(panel, board.panels[index], board)));
  return interval(board.dashboard.refresh);
}

let timer;
/** Draws, and again when the file says so. */
async function again() {
  clearTimeout(timer);
  const wait = await draw().catch(() => AGAIN);
  timer = setTimeout(again, wait);
}

addEventListener("hashchange", again);
again();
