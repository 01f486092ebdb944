import assert from "node:assert/strict";
import { test } from "node:test";

import * as state from "../assets/state.js";

const START = "2026-11-20T06:00:00Z";
const after = (seconds) => new Date(Date.parse(START) + seconds * 1000).toISOString();
const now = (seconds) => Date.parse(START) + seconds * 1000;

/** A line that has these entries: seconds after the start, kind, and the rest. */
function played(...entries) {
  const line = state.line();
  state.connected(line);
  entries.forEach(([seconds, kind, rest], number) => state.take(line, { number, at: after(seconds), kind, ...rest }));
  return line;
}

const alarm = (name, is, more = {}) => ({ name, state: is, watches: "", reason: "", metric: "Orders Errors", statistic: "Sum", period: 60, threshold: 5, ...more });

test("a line that is idle says that it lives, and when its alarms are evaluated next", () => {
  const line = played([0, "step-began", { step: "Start" }], [2, "step-seen", { step: "Start", seen: "done", seconds: 2 }], [3, "live", { steps: 2, seen: 2 }]);
  assert.deepEqual(state.status(line, now(10)), { kind: "live", word: "Live", sentence: "Every alarm is evaluated each minute." });
  assert.equal(state.nextEvaluation(line, now(10)), 51);
  assert.equal(state.nextEvaluation(line, now(60)), 1);
  assert.equal(state.nextEvaluation(line, now(61)), 60);
});

test("a scenario that is over says so, and its time stays", () => {
  const line = played([0, "step-began", { step: "Deploy" }], [90, "live", { steps: 34, seen: 33 }]);
  line.steps.set("Deploy", { state: "seen", seconds: 9 });
  assert.equal(state.status(line, now(500)).sentence, "The scenario is over: 33 of 34 steps seen.");
  assert.equal(state.elapsed(line, now(500)), 90);
  state.disconnected(line, now(600));
  assert.equal(state.elapsed(line, now(700)), 90);
  assert.match(state.status(line, now(700)).sentence, /over: 33 of 34/);
});

test("a line that is gone is disconnected until it is back, and nothing counts on", () => {
  const line = played([0, "step-began", { step: "Deploy" }]);
  assert.equal(state.status(line, now(5)).word, "Playing");
  state.disconnected(line, now(7));
  state.disconnected(line, now(20));
  assert.equal(state.status(line, now(30)).word, "Disconnected");
  assert.equal(state.elapsed(line, now(30)), 7);
  assert.equal(state.nextEvaluation(line, now(30)), null);
  state.connected(line);
  assert.equal(state.status(line, now(31)).kind, "playing");
});

test("another line on the same address is another one", () => {
  const line = played([0, "note", { text: "one" }]);
  assert.equal(state.isOfAnotherLine(line, { number: 0, at: after(0) }), false);
  assert.equal(state.isOfAnotherLine(line, { number: 0, at: after(9) }), true);
  assert.equal(state.isOfAnotherLine(line, { number: 1, at: after(9) }), false);
});

test("a step has a duration only where it took some time", () => {
  assert.equal(state.duration({ state: "seen", seconds: 0.02 }, now(0)), null);
  assert.equal(state.duration({ state: "seen", seconds: 7.04 }, now(0)), "7.0 s");
  assert.equal(state.duration({ state: "now", began: now(0) }, now(12.7)), "12 s");
  assert.equal(state.duration({ state: "missed" }, now(0)), null);
});

test("an incident that is resolved is not called an alarm, and keeps its severity", () => {
  const line = played(
    [0, "page", { key: "a", action: "trigger", summary: "🔴 ALARM · critical · orders-errors", severity: "critical" }],
    [9, "page", { key: "b", action: "trigger", summary: "ALARM · warning · orders-slow", severity: "warning" }],
    [30, "page", { key: "a", action: "resolve", summary: null, severity: null }],
  );
  const [open, over] = state.incidents(line);
  assert.deepEqual([state.incidentState(open.action), state.subject(open.summary)], ["triggered", "orders-slow"]);
  assert.deepEqual([state.incidentState(over.action), state.subject(over.summary)], ["resolved", "orders-errors"]);
  assert.deepEqual([over.severity, over.began, over.at], ["critical", after(0), after(30)]);
  assert.equal(state.subject("SSH brute force"), "SSH brute force");
});

test("a silenced alarm keeps its state and has its silence, after those that notify", () => {
  const silence = { alarm: "a-errors", silence: "moving", until: after(900), reason: "it moves" };
  const line = played(
    [0, "alarm", alarm("ok", "OK")], [1, "alarm", alarm("a-errors", "ALARM")], [2, "alarm", alarm("b-errors", "ALARM")],
    [3, "silenced", { alarms: [silence] }],
  );
  const shown = () => state.alarms(line).map(({ name, state: is, silence: by }) => [name, is, by?.reason ?? null]);
  assert.deepEqual(shown(), [["b-errors", "ALARM", null], ["a-errors", "ALARM", "it moves"], ["ok", "OK", null]]);
  state.take(line, { number: 9, at: after(9), kind: "silenced", alarms: [] });
  assert.equal(shown()[0][2] ?? shown()[1][2], null);
});

test("an alarm has the time since which it is in its state", () => {
  const line = played([0, "alarm", alarm("a", "ALARM")], [60, "alarms", { alarms: [alarm("a", "ALARM"), alarm("b", "INSUFFICIENT_DATA")] }]);
  assert.equal(line.alarms.get("a").since, after(0));
  assert.equal(state.stateName(line.alarms.get("b").state), "no data");
});

const series = (workload, name, more = {}) => ({ workload, name, statistic: "Sum", unit: "", points: [{ time: 60, value: 1 }], ...more });

test("charts are those of the metrics that have datapoints, by workload, watched ones first", () => {
  const line = played([0, "alarm", alarm("a", "OK")], [1, "datapoints", { series: [
    series("shop", "Shop Sold"), series("orders", "Orders Placed"), series("orders", "Orders Errors"), series("orders", "Orders None", { points: [] }),
  ] }], [2, "datapoints", { series: [] }]);
  const groups = state.workloads(line).map(([name, all]) => [name, all.map((one) => one.name)]);
  assert.deepEqual(groups, [["shop", ["Shop Sold"]], ["orders", ["Orders Errors", "Orders Placed"]]]);
});

test("a threshold is drawn only where a minute's value can be compared with it", () => {
  const drawn = (statistic, period, of = "Sum") => state.thresholds({ statistic: of, watched: [alarm("a", "OK", { statistic, period })] });
  assert.deepEqual(drawn("Sum", 60), [5]);
  assert.deepEqual(drawn("Sum", 300), []);
  assert.deepEqual(drawn("p90", 300, "p90"), [5]);
  assert.deepEqual(drawn("Average", 60), []);
});

test("traffic is that of the last minute, and older seconds are forgotten", () => {
  const line = played([0, "sent", { events: 5, total: 5 }], [100, "sent", { events: 7, total: 12 }]);
  const counts = state.traffic(line, now(101));
  assert.deepEqual([counts.length, counts.at(-2), counts.reduce((a, b) => a + b)], [60, 7, 7]);
  assert.equal(state.rate(line, now(101)), 0.7);
  assert.equal(state.rate(line, now(120)), 0);
  assert.equal(line.perSecond.size, 1);
  assert.equal(line.total, 12);
});

test("the newest entries are listed in the order in which they came", () => {
  const line = played([100, "note", { text: "one" }], [0, "alarm", alarm("a", "ALARM")]);
  assert.deepEqual(line.recent, [{ at: after(100), text: "one" }, { at: after(100), text: "a: ALARM" }]);
});
