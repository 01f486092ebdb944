/** Small charts: lines and areas in SVG, which may be stretched, and their words in HTML, which may not. */
import { clock, element, quantity, shape, short } from "./format.js";

const WIDTH = 300;
const HEIGHT = 70;
/** A minute without a datapoint is a gap in the line, as CloudWatch draws it. */
const GAP = 60 * 1.5;
/** A threshold further above the values than this would flatten them. */
const NEAR = 2;

/** Whole steps of a value axis from 0 to the first one that is not below `highest`: two to four of them. */
export function ticks(highest) {
  if (!(highest > 0)) return [0, 1];
  const size = 10 ** Math.floor(Math.log10(highest / 2));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * size).find((one) => highest / one <= 4);
  const count = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Whole minutes for a time axis, at most four of them. */
export function times([first, last]) {
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 360, 1440].map((one) => one * 60);
  const fits = (step) => Math.floor(last / step) - Math.ceil(first / step) < 4;
  const step = minutes.find(fits) ?? minutes.at(-1);
  const start = Math.ceil(first / step) * step;
  const found = Array.from({ length: 4 }, (_, i) => start + i * step).filter((one) => one <= last);
  return found.length ? found : [last];
}

/** The runs of points without a gap between them. */
export function runs(points) {
  const found = [];
  points.forEach((point, i) => {
    if (i > 0 && point.time - points[i - 1].time <= GAP) found.at(-1).push(point);
    else found.push([point]);
  });
  return found;
}

/** The highest value of an axis: thresholds count that are near the values. */
export function top(points, thresholds) {
  const peak = Math.max(...points.map(({ value }) => value), 0);
  return Math.max(peak, ...thresholds.filter((one) => one <= NEAR * peak));
}

function svg(height) {
  return shape("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${height}`, height, preserveAspectRatio: "none", "aria-hidden": "true" });
}

function level(height, share, name) {
  return shape("line", { class: name, x1: 0, x2: WIDTH, y1: height * (1 - share), y2: height * (1 - share) });
}

/** Words at a share of an axis. The first and last keep inside the chart. */
function label(words, axis, share) {
  const edge = axis === "left" && share < 0.12 ? "first" : axis === "left" && share > 0.88 ? "last" : "";
  const node = element("span", { class: edge }, words);
  node.style[axis] = `${(share * 100).toFixed(2)}%`;
  return node;
}

/** A series by the minute, with the thresholds that it can be compared with. */
export function series({ name, unit, points, statistic, watched }, range, thresholds) {
  const scale = ticks(top(points, thresholds));
  const highest = scale.at(-1);
  const span = Math.max(range[1] - range[0], 60);
  const x = (time) => WIDTH * (1 - (range[1] - time) / span);
  const y = (value) => HEIGHT * (1 - Math.max(value, 0) / highest);
  const plot = svg(HEIGHT);
  plot.append(...scale.map((value) => level(HEIGHT, value / highest, "grid-line")));
  for (const run of runs(points)) {
    // One datapoint alone is as wide as the line is thick.
    const all = run.length > 1 ? run : [{ ...run[0], time: run[0].time - span / 100 }, run[0]];
    const path = all.map(({ time, value }, i) => `${i ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    const close = `L${x(all.at(-1).time).toFixed(1)} ${HEIGHT}L${x(all[0].time).toFixed(1)} ${HEIGHT}Z`;
    plot.append(shape("path", { class: "area", d: path + close }), shape("path", { class: "stroke", d: path }));
  }
  plot.append(...thresholds.filter((one) => one <= highest).map((one) => level(HEIGHT, one / highest, "threshold")));
  const latest = quantity(points.at(-1).value, unit);
  const hot = watched.some(({ state }) => state === "ALARM");
  const words = `${name}${statistic ? `, ${statistic}` : ""}: ${latest} at ${clock(points.at(-1).time)}`;
  return element("figure", { class: `chart ${kind(name)} ${hot ? "hot" : ""}`, "aria-label": hot ? `${words}, in alarm` : words },
    element("figcaption", { title: [name, statistic, ...watched.map((alarm) => `${alarm.name}: ${alarm.watches}`)].filter(Boolean).join("\n") },
      element("span", {}, title(name)), hot ? element("i", {}, "in alarm") : null, element("b", {}, latest)),
    element("div", { class: "frame" },
      element("div", { class: "y-axis", "aria-hidden": "true" }, ...[0, highest].map((value) => label(short(value), "bottom", value / highest))), plot),
    element("div", { class: "x-axis", "aria-hidden": "true" }, ...times(range).map((time) => label(clock(time), "left", x(time) / WIDTH))));
}

/** The group has the workload's name already. */
function title(name) {
  return name.split(" ").slice(1).join(" ") || name;
}

function kind(name) {
  return /error|throttle|fail/i.test(name) ? "errors" : /usd|cost/i.test(name) ? "money" : "";
}

/** The last seconds' throughput as bars. */
export function throughput(counts) {
  const height = 60;
  const scale = ticks(Math.max(...counts, 0));
  const width = WIDTH / counts.length;
  const plot = svg(height);
  plot.append(...scale.map((value) => level(height, value / scale.at(-1), "grid-line")));
  counts.forEach((count, i) => {
    const tall = (count / scale.at(-1)) * height;
    plot.append(shape("rect", { class: "bar", x: i * width, y: height - tall, width: width * 0.8, height: tall }));
  });
  const ends = Math.max(...counts) > 0 ? [0, scale.at(-1)] : [0];
  return [
    element("div", { class: "frame" }, element("div", { class: "y-axis" }, ...ends.map((value) => label(short(value), "bottom", value / scale.at(-1)))), plot),
    element("div", { class: "x-axis" }, label(`${counts.length} s ago`, "left", 0), label("30 s ago", "left", 0.5), label("now", "left", 1)),
  ];
}
