/** Units, thresholds and shares of Grafana's panels, by the words of their files. */
import { short } from "./format.js";

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

/** The number in the greatest unit of which there is one. */
function scaled(value, size, names) {
  let [rest, at] = [value, 0];
  while (Math.abs(rest) >= size && at + 1 < names.length) {
    rest /= size;
    at += 1;
  }
  return `${short(rest)} ${names[at]}`;
}

function seconds(value) {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${short(value * 1e6)} µs`;
  if (size < 1) return `${short(value * 1000)} ms`;
  if (size < 60) return `${short(value)} s`;
  if (size < 3600) return `${short(value / 60)} min`;
  return `${short(value / 3600)} h`;
}

/** A value in a unit, by Grafana's id of it. */
export function inUnit(value, unit) {
  switch (unit) {
    case "percentunit": return `${short(value * 100)}%`;
    case "s": return seconds(value);
    case "bytes": return scaled(value, 1024, BYTES);
    case "Bps": return scaled(value, 1000, ["B/s", "kB/s", "MB/s", "GB/s"]);
    case "reqps": return `${short(value)} req/s`;
    case "ops": return `${short(value)} ops/s`;
    case "cpm": return `${short(value)} / min`;
    default: return short(value);
  }
}

/** What a colour of a file means here. */
const MEANINGS = { green: "good", orange: "warning", red: "critical", blue: "neutral", text: "plain" };
export const meaning = (colour) => MEANINGS[colour] ?? "plain";

/** The colour of the last step that a value reaches. */
export function step(value, steps) {
  const reached = steps.filter((one) => one.value === null || value >= one.value);
  return meaning(reached.at(-1)?.color);
}

/** Whole steps of an axis from `low` to the first that is not below `high`: two to five of them. */
export function axis(low, high) {
  const range = high - low;
  if (!(range > 0)) return [low, low + 1];
  const size = 10 ** Math.floor(Math.log10(range / 2));
  const one = [1, 2, 2.5, 5, 10].map((each) => each * size).find((each) => range / each <= 5);
  const count = Math.ceil(range / one - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((low + i * one).toPrecision(12)));
}

/** The axis of a panel: from its least value to its greatest, or to the highest of what it shows. A threshold further up
 * than twice the values would flatten them. */
export function panelAxis({ min, max }, values, levels) {
  const low = Math.min(min ?? 0, ...values);
  if (max !== undefined) return axis(low, Math.max(max, ...values));
  const peak = Math.max(...values, 0);
  return axis(low, Math.max(peak, ...levels.filter((level) => peak === 0 || level <= 2 * peak)));
}

/** The sum of each series with those below it, at the times of any. */
export function stacked(series) {
  const times = [...new Set(series.flatMap((one) => one.points.map((point) => point.time)))].sort((a, b) => a - b);
  const heights = new Map(times.map((time) => [time, 0]));
  return series.map((one) => {
    const own = new Map(one.points.map((point) => [point.time, point.value]));
    const points = times.map((time) => {
      const base = heights.get(time);
      heights.set(time, base + (own.get(time) ?? 0));
      return { time, base, value: heights.get(time) };
    });
    return { ...one, points };
  });
}

/** Points that are drawn as one line: without a gap of several steps. */
export function runs(points, step) {
  const found = [];
  points.forEach((point, i) => {
    if (i > 0 && point.time - points[i - 1].time <= 3 * step) found.at(-1).push(point);
    else found.push([point]);
  });
  return found;
}

/** The shares of a circle, from the top on, as angles. */
export function slices(values) {
  const total = values.reduce((sum, value) => sum + value, 0);
  let from = 0;
  return values.map((value) => {
    const start = from;
    from += total > 0 ? value / total : 0;
    return { start, end: from };
  });
}

/** The columns of a table: the labels that its series have, less those that say which series it is to Prometheus. */
export function columns(series) {
  const names = new Set(series.flatMap((one) => Object.keys(one.labels)));
  return [...names].filter((name) => !["__name__", "job", "instance"].includes(name)).sort();
}

/** Minutes of a file's `now-3h`. */
export function minutesOf(from) {
  const [, count, unit] = /^now-(\d+)([mhd])$/.exec(from) ?? [];
  return count ? Number(count) * { m: 1, h: 60, d: 1440 }[unit] : null;
}

/** Milliseconds of a file's `30s`. */
export function interval(refresh) {
  const [, count, unit] = /^(\d+)([smh])$/.exec(refresh) ?? [];
  return count ? Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit] : 60_000;
}
