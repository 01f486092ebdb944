/** Draws the dashboards of the workloads: widgets on CloudWatch's grid of 24 columns. */
import { clock, element, shape, short } from "./format.js";

const REFRESH = 5_000;
/** Minutes that can be shown, and their names. The first is shown unless another is asked for. */
const RANGES = [[30, "30 minutes"], [180, "3 hours"], [4_320, "3 days"]];
const minutes = Number(new URLSearchParams(location.search).get("minutes")) || RANGES[0][0];
/** CloudWatch's own colours, for lines that the body leaves without one. */
const COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22"];
const [WIDTH, HEIGHT] = [600, 200];
const at = (id) => document.getElementById(id);
/** States of alarms by name, from the journal. */
const states = new Map();

/** Text with its links as text: the runbook is where the checkout is. */
function markdown(text) {
  const plain = text.replace(/\[([^\]]*)\]\(([^)]*)\)/g, "$1: $2").replace(/`/g, "");
  const lines = plain.split("\n").filter((line) => line.trim());
  return lines.map((line) => (line.startsWith("#") ? element("h1", {}, line.replace(/^#+ */, "")) : element("p", {}, line)));
}

/** The sum of each line with those below it, at the times of any. */
function stacked(series) {
  const times = [...new Set(series.flatMap((one) => one.points.map((point) => point.time)))].sort((a, b) => a - b);
  const heights = new Map(times.map((time) => [time, 0]));
  return series.map((one) => {
    const own = new Map(one.points.map((point) => [point.time, point.value]));
    const points = times.map((time) => {
      heights.set(time, heights.get(time) + (own.get(time) ?? 0));
      return { time, value: heights.get(time) };
    });
    return { ...one, points };
  });
}

/** The highest value of an axis: of its lines and of levels near them. */
function highest(series, levels) {
  const peak = Math.max(...series.flatMap((one) => one.points.map((point) => point.value)), 0);
  const near = levels.map((level) => Number(level.value)).filter((value) => value <= peak * 3 || peak === 0);
  return (Math.max(peak, ...near) || 1) * 1.1;
}

/** Whether a line joins two points: a gap of more than a tenth of the time is one. */
const isNear = (before, point, range) => before !== undefined && point.time - before.time <= range / 10;

function graph({ properties, start, end, series }) {
  const coloured = series.map((one, index) => ({ ...one, colour: one.colour ?? COLOURS[index % COLOURS.length] }));
  const lines = properties.stacked ? stacked(coloured) : coloured;
  const levels = properties.annotations?.horizontal ?? [];
  const side = (right) => ({
    lines: lines.filter((one) => one.right === right),
    levels: levels.filter((level) => (level.yAxis === "right") === right),
  });
  const sides = [side(false), side(true)].map((one) => ({ ...one, top: highest(one.lines, one.levels) }));
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  const x = (time) => (((time - start) / Math.max(end - start, 1)) * WIDTH).toFixed(1);
  for (const share of [0, 0.5, 1]) svg.append(shape("line", { x1: 0, x2: WIDTH, y1: HEIGHT * share, y2: HEIGHT * share }));
  for (const { lines: own, levels: own_levels, top } of sides) {
    const y = (value) => (HEIGHT - (value / top) * HEIGHT).toFixed(1);
    for (const level of own_levels.filter((one) => Number(one.value) <= top)) {
      const line = shape("line", { class: "level", x1: 0, x2: WIDTH, y1: y(level.value), y2: y(level.value) });
      line.style.stroke = level.color;
      svg.append(line);
    }
    for (const { points, colour } of own) {
      const d = points.map((point, i) => `${isNear(points[i - 1], point, end - start) ? "L" : "M"}${x(point.time)} ${y(point.value)}h0`).join("");
      // The only point of a short time stands for a period that is longer; one of a long time is a dot.
      const isLong = points.length === 1 && end - start <= 3 * 3600;
      svg.append(shape("path", { d: isLong ? `${d}H${WIDTH}` : d, stroke: colour }));
    }
  }
  const axis = (one, label) => (one.lines.some((line) => line.points.length) ? `${short(one.top)} ${label ?? ""}` : "");
  const named = [...coloured.map((one) => [one.label, one.colour]), ...levels.map((level) => [level.label, level.color])];
  return [
    element("div", { class: "scale" }, element("span", {}, axis(sides[0], properties.yAxis?.left?.label)), element("span", {}, axis(sides[1], properties.yAxis?.right?.label))),
    element("div", { class: "plots" }, svg, series.some((one) => one.points.length) ? null : element("p", { class: "none" }, "No data in this time.")),
    element("div", { class: "ticks" }, element("span", {}, tick(start)), element("span", {}, tick(end))),
    element("div", { class: "legend" }, ...named.map(([label, colour]) => element("span", {}, swatch(colour), label))),
  ];
}

/** The time, with its day where several are shown. */
function tick(seconds) {
  const day = minutes > 24 * 60 ? `${new Date(seconds * 1000).toISOString().slice(0, 10)} ` : "";
  return day + clock(seconds);
}

function swatch(colour) {
  const node = element("i");
  node.style.background = colour;
  return node;
}

/** The newest value of each line. */
function numbers({ series }) {
  const one = ({ label, points, colour }) => {
    const value = element("b", {}, points.length ? short(points.at(-1).value) : "--");
    value.style.color = colour ?? "inherit";
    return element("div", {}, value, element("span", {}, label));
  };
  return [element("div", { class: "numbers" }, ...series.map(one))];
}

function alarms({ properties }) {
  const names = properties.alarms.map((arn) => arn.split(":alarm:")[1]);
  const state = (name) => element("span", { class: states.get(name) ?? "", title: states.get(name) ?? "not evaluated here" }, name);
  return [element("div", { class: "states" }, ...names.map(state))];
}

function widget(one) {
  const { type, properties, x, y, width, height } = one;
  const content = () => {
    if (type === "text") return markdown(properties.markdown);
    if (type === "alarm") return alarms(one);
    if (type !== "metric") return [element("p", { class: "none" }, "Queries of logs are not run here.")];
    return ["singleValue", "gauge"].includes(properties.view) ? numbers(one) : graph(one);
  };
  const title = properties.title ? element("h2", { title: properties.title }, properties.title) : null;
  const node = element("section", { class: `widget ${type}` }, title, ...content());
  node.style.gridArea = `${y + 1} / ${x + 1} / span ${height} / span ${width}`;
  return node;
}

async function draw() {
  const names = await (await fetch("/dashboards")).json();
  const name = decodeURIComponent(location.hash.slice(1)) || names[0];
  const link = (one) => element("a", { href: `#${one}`, ...(one === name ? { "aria-current": "page" } : {}) }, one);
  at("names").replaceChildren(...names.map(link));
  const range = ([value, label]) => element("a", { href: `?minutes=${value}#${name}`, ...(value === minutes ? { "aria-current": "true" } : {}) }, label);
  at("ranges").replaceChildren(...RANGES.map(range));
  if (!name) return;
  const answer = await fetch(`/dashboards/${encodeURIComponent(name)}?minutes=${minutes}`);
  if (!answer.ok) {
    at("board").replaceChildren(element("p", { class: "empty" }, await answer.text()));
    return;
  }
  at("board").replaceChildren(...(await answer.json()).widgets.map(widget));
}

new EventSource("/journal").onmessage = ({ data }) => {
  const entry = JSON.parse(data);
  if (entry.kind === "alarm") states.set(entry.name, entry.state);
};
/** Draws, and again after a while: one at a time, since an emulator under load answers slowly. */
async function again() {
  await draw().catch(() => {});
  setTimeout(again, REFRESH);
}

addEventListener("hashchange", draw);
again();
