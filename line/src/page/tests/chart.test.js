import assert from "node:assert/strict";
import { test } from "node:test";

import { runs, ticks, times, top } from "../assets/chart.js";

test("ticks of values are round, from 0 to the highest value", () => {
  assert.deepEqual(ticks(61), [0, 20, 40, 60, 80]);
  assert.deepEqual(ticks(0.893), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(ticks(30), [0, 10, 20, 30]);
  assert.deepEqual(ticks(0), [0, 1]);
  for (const highest of [0.001, 0.7, 1, 9.99, 42, 999, 54321, 1e9]) {
    const all = ticks(highest);
    assert.ok(all.at(-1) >= highest && all.at(-2) < highest, `${highest}: ${all}`);
    assert.ok(all.length >= 3 && all.length <= 5, `${highest}: ${all}`);
  }
});

test("ticks of time are whole minutes, four at most", () => {
  const at = (clock) => Date.parse(`2026-11-20T${clock}:00Z`) / 1000;
  const shown = (first, last) => times([at(first), at(last)]).map((time) => new Date(time * 1000).toISOString().slice(11, 16));
  assert.deepEqual(shown("06:02", "06:19"), ["06:05", "06:10", "06:15"]);
  assert.deepEqual(shown("05:45", "06:15"), ["05:50", "06:00", "06:10"]);
  assert.deepEqual(shown("06:03", "06:03"), ["06:03"]);
});

test("a minute without a datapoint is a gap", () => {
  const at = (...minutes) => minutes.map((minute) => ({ time: minute * 60, value: 1 }));
  assert.deepEqual(runs(at(1, 2, 4, 5, 9)).map((run) => run.length), [2, 2, 1]);
  assert.deepEqual(runs([]), []);
});

test("a threshold far above the values does not flatten them", () => {
  assert.equal(top([{ value: 10 }], [15]), 15);
  assert.equal(top([{ value: 10 }], [500]), 10);
});
