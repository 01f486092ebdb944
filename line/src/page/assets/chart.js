/** Small charts in plain SVG. */
import { clock, element, quantity, shape, short } from "./format.js";

const WIDTH = 300;

function plot(height) {
  return shape("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${height}`, height, preserveAspectRatio: "none" });
}

/** A series by the minute: an area, a line, and its alarm's threshold where it has one. */
export function series({ name, unit, points }, threshold) {
  const height = 56;
  const peak = Math.max(...points.map((point) => point.value), 1e-9);
  // A threshold far above the values would flatten the line.
  const near = threshold !== undefined && threshold < 2 * peak;
  const highest = Math.max(peak, near ? threshold : 0) * 1.12;
  const [first, last] = [points[0].time, points.at(-1).time];
  const x = (time) => (last === first ? WIDTH : ((time - first) / (last - first)) * WIDTH);
  const y = (value) => height - (value / highest) * height;
  const path = points.map((point, i) => `${i ? "L" : "M"}${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const svg = plot(height);
  svg.append(shape("line", { class: "base", x1: 0, x2: WIDTH, y1: height, y2: height }));
  if (near) svg.append(shape("line", { class: "threshold", x1: 0, x2: WIDTH, y1: y(threshold), y2: y(threshold) }));
  svg.append(shape("path", { class: "area", d: `${path}L${WIDTH} ${height}L${x(first).toFixed(1)} ${height}Z` }), shape("path", { class: "stroke", d: path }));
  const kind = /error|throttle/i.test(name) ? "errors" : /usd|cost/i.test(name) ? "money" : "";
  const latest = quantity(points.at(-1).value, unit);
  return element("div", { class: `chart ${kind}` },
    element("header", {}, element("span", {}, name), element("b", {}, latest)),
    svg,
    element("div", { class: "ticks" }, element("span", {}, clock(first)), element("span", {}, clock(last))));
}

/** The last seconds' throughput as bars. */
export function throughput(counts) {
  const height = 64;
  const highest = Math.max(...counts, 1) * 1.05;
  const width = WIDTH / counts.length;
  const svg = plot(height);
  counts.forEach((count, i) => {
    const tall = (count / highest) * height;
    svg.append(shape("rect", { class: "bar", x: i * width, y: height - tall, width: width * 0.8, height: tall }));
  });
  svg.append(shape("line", { class: "base", x1: 0, x2: WIDTH, y1: height, y2: height }));
  return [svg, element("div", { class: "ticks" }, element("span", {}, `${counts.length} s ago`), element("span", {}, `highest ${short(Math.max(...counts))}`), element("span", {}, "now"))];
}
