import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { axis, columns, interval, inUnit, minutesOf, panelAxis, runs, slices, stacked, step } from "../assets/grafana-scale.js";

test("values are in the units of the files", () => {
  const cases = [
    [0.125, "percentunit", "12.5%"], [0.35, "s", "350 ms"], [2, "s", "2 s"], [5400, "s", "1.5 h"], [0, "s", "0 s"],
    [1536, "bytes", "1.5 KiB"], [1500, "Bps", "1.5 kB/s"], [3.2, "reqps", "3.2 req/s"], [4, "ops", "4 ops/s"],
    [120, "cpm", "120 / min"], [7, "short", "7"],
  ];
  for (const [value, unit, expected] of cases) assert.equal(inUnit(value, unit), expected);
});

const STEPS = [{ color: "red", value: null }, { color: "orange", value: 0.6 }, { color: "green", value: 0.7 }];

test("a value has the colour of the last step that it reaches", () => {
  assert.deepEqual([0.59, 0.6, 0.7, 2].map((value) => step(value, STEPS)), ["critical", "warning", "good", "good"]);
});

test("an axis has whole steps and holds what it shows", () => {
  assert.deepEqual(axis(0, 10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(axis(1, 5), [1, 2, 3, 4, 5]);
  assert.deepEqual(axis(0, 0), [0, 1]);
  assert.equal(panelAxis({ min: 0, max: 1 }, [0.4], []).at(-1), 1);
  assert.equal(panelAxis({ min: 0 }, [3], [5]).at(-1), 5);
  assert.ok(panelAxis({ min: 0 }, [0.1], [5]).at(-1) < 1, "a threshold far above the values does not flatten them");
});

const points = (...pairs) => pairs.map(([time, value]) => ({ time, value }));

test("stacked series lie on each other, also where one has no value", () => {
  const [low, high] = stacked([{ points: points([0, 1], [1, 2]) }, { points: points([1, 3]) }]);
  assert.deepEqual(low.points.map((point) => point.value), [1, 2]);
  assert.deepEqual(high.points.map(({ base, value }) => [base, value]), [[1, 1], [2, 5]]);
});

test("a line ends at a gap", () => {
  assert.deepEqual(runs(points([0, 1], [10, 1], [20, 1], [60, 1]), 10).map((run) => run.length), [3, 1]);
});

test("slices are shares of the whole", () => {
  assert.deepEqual(slices([1, 3]), [{ start: 0, end: 0.25 }, { start: 0.25, end: 1 }]);
  assert.deepEqual(slices([0]), [{ start: 0, end: 0 }]);
});

test("a table has the labels that tell its rows apart", () => {
  assert.deepEqual(columns([{ labels: { __name__: "a", job: "j", version: "7", model: "m" } }]), ["model", "version"]);
});

test("times and intervals of the files are understood", () => {
  assert.deepEqual(["now-3h", "now-24h", "now-30m", "now-2d", "now"].map(minutesOf), [180, 1440, 30, 2880, null]);
  assert.deepEqual(["30s", "1m", "5m"].map(interval), [30_000, 60_000, 300_000]);
});

/** What the shipped dashboards use is drawn. */
test("each kind of panel and each unit of the shipped files is known", () => {
  const folder = new URL("../../../../workloads/inquiry-pipeline/prometheus/grafana/dashboards/", import.meta.url);
  const page = fs.readFileSync(new URL("../assets/grafana.js", import.meta.url), "utf8");
  const [, kinds] = /const KINDS = \{([^}]*)\}/.exec(page);
  const drawn = kinds.split(",").map((kind) => kind.split(":")[0].trim());
  let panels = 0;
  for (const name of fs.readdirSync(folder)) {
    const { panels: all, time, refresh } = JSON.parse(fs.readFileSync(new URL(name, folder), "utf8"));
    assert.ok(minutesOf(time.from) > 0 && interval(refresh) > 0, name);
    for (const { type, title, fieldConfig } of all) {
      assert.ok(drawn.includes(type), `${name}: ${title} is a ${type}`);
      const { unit } = fieldConfig.defaults;
      assert.ok(unit === "short" || inUnit(1, unit) !== inUnit(1, "short"), `${name}: ${title} is in ${unit}`);
      panels += 1;
    }
  }
  assert.ok(panels > 30, String(panels));
});
