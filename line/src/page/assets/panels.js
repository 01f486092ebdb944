/** The panels of the page. What they show is decided in state.js. */
import { series } from "./chart.js";
import { element, money, time } from "./format.js";
import * as state from "./state.js";

const at = (id) => document.getElementById(id);

/** The charts of a workload that are shown without opening the rest. */
const CHARTS_SHOWN = 6;
/** The resolved incidents and alarms that are shown without opening the rest. */
const FEW = 3;

/** Draws everything that entries change. */
export function draw(line, now) {
  alarms(line);
  charts(line);
  pager(line);
  plans(line);
  steps(line, now);
  if (line.report) at("report").replaceChildren(...report(line.report));
  at("total").textContent = line.total.toLocaleString("en-US");
  fill("mail", line.mails.slice(-FEW).reverse().map(mail));
  fill("recent", line.recent.toReversed().map(({ at: when, text }) => element("li", { class: "entry" }, time(when), element("span", {}, text))));
}

/** Draws what changes by the second. A live region is written only where its words change. */
export function now(line, when) {
  const { kind, word, sentence } = state.status(line, when);
  const said = `${word}|${sentence}`;
  if (at("status").dataset.said !== said) {
    at("status").dataset.said = said;
    at("status").replaceChildren(element("b", {}, word), sentence ? ` ${sentence}` : "");
    document.title = kind === "lost" ? "Disconnected · Picket" : "Picket · the line";
  }
  document.body.dataset.status = kind;
  const next = state.nextEvaluation(line, when);
  at("countdown").textContent = next === null ? underWay(line, when) : `Alarms are evaluated in ${next} s.`;
  const seconds = state.elapsed(line, when);
  at("elapsed").textContent = seconds === null ? "–" : `${seconds} s`;
  at("elapsed-label").textContent = line.live ? "taken" : "elapsed";
}

function underWay(line, when) {
  const step = [...line.steps.values()].findLast((one) => one.state === "now");
  const taken = step && line.connection === "open" ? state.duration(step, when) : null;
  return taken ? `for ${taken}` : "";
}

function fill(id, nodes) {
  if (nodes.length) at(id).replaceChildren(...nodes);
}

/** A list that is opened by whoever wants to see it. */
function rest(id, title, nodes) {
  at(`${id}-box`).hidden = nodes.length === 0;
  at(`${id}-box`).querySelector("summary").textContent = title;
  at(id).replaceChildren(...nodes);
}

function steps(line, now) {
  const all = [...line.steps];
  at("all-steps").hidden = all.length === 0;
  const seen = all.filter(([, { state: is }]) => is === "seen").length;
  at("all-steps").querySelector("summary").textContent = `${seen} of ${all.length} steps seen`;
  at("bar").replaceChildren(...all.map(([name, { state: is }]) => element("li", { class: is, title: name })));
  const words = { now: "under way", seen: "seen", missed: "not seen" };
  at("steps").replaceChildren(...all.map(([name, step]) => element("li", { class: step.state, title: step.result ?? "" },
    element("b", {}, name), element("span", { class: "hidden" }, ` ${words[step.state]} `),
    step.state === "seen" ? element("span", {}, state.duration(step, now) ?? "") : element("span", {}, words[step.state]))));
}

function alarms(line) {
  const all = state.alarms(line);
  if (all.length === 0) return;
  const hot = all.filter((one) => one.state === "ALARM");
  const silenced = hot.filter((one) => one.silence).length;
  at("firing").textContent = hot.length;
  at("firing").classList.toggle("hot", hot.length > silenced);
  at("firing-label").textContent = silenced ? `in alarm, ${silenced} silenced` : "in alarm";
  const calm = all.filter((one) => one.state !== "ALARM");
  const quiet = calm.filter((one) => one.silence);
  const none = element("li", { class: "empty" }, "No alarm is in ALARM.");
  at("hot").replaceChildren(...(hot.length ? hot.map(alarm) : [none]), ...quiet.map(alarm));
  const ok = calm.filter((one) => one.state === "OK").length;
  const title = ok === calm.length ? `${ok} OK` : `${ok} OK, ${calm.length - ok} without data`;
  rest("calm", title, calm.filter((one) => !one.silence).map(alarm));
}

/** One alarm. A silenced one keeps its state, and says that nobody is notified of it. */
export function alarm({ name, watches, state: is, reason, silence, since }) {
  const words = is === "ALARM" ? reason : watches;
  const silent = silence && element("p", { class: "silence" }, element("span", { class: "state silenced" }, "SILENCED"),
    ` until ${silence.until.slice(11, 16)} UTC: ${silence.reason}`);
  return element("li", { class: silence ? "muted" : "" }, element("span", { class: `state ${is}` }, state.stateName(is)),
    element("b", {}, name), is === "ALARM" ? time(since) : null, silent, element("p", { title: words }, words));
}

function charts(line) {
  const groups = state.workloads(line);
  if (groups.length === 0) return;
  const times = groups.flatMap(([, all]) => all.flatMap(({ points }) => [points[0].time, points.at(-1).time]));
  const range = [Math.min(...times), Math.max(...times)];
  const drawn = (one) => series(one, range, state.thresholds(one));
  for (const [name, all] of groups) {
    const box = group(name);
    const more = all.slice(CHARTS_SHOWN);
    box.querySelector(".grid").replaceChildren(...all.slice(0, CHARTS_SHOWN).map(drawn));
    box.querySelector("details").hidden = more.length === 0;
    box.querySelector("summary").textContent = `${more.length} more of ${name}`;
    box.querySelector("details .grid").replaceChildren(...more.map(drawn));
  }
}

/** A workload's group of charts, which keeps whether its rest is open. */
function group(name) {
  const known = [...at("charts").children].find((one) => one.dataset.workload === name);
  if (known) return known;
  at("charts").querySelector(".empty")?.remove();
  const box = element("section", { "data-workload": name, "aria-label": name }, element("h3", {}, name),
    element("div", { class: "grid" }), element("details", {}, element("summary"), element("div", { class: "grid" })));
  at("charts").append(box);
  return box;
}

function pager(line) {
  const all = state.incidents(line);
  if (all.length === 0) return;
  const open = all.filter(({ action }) => action !== "resolve");
  const over = all.filter(({ action }) => action === "resolve");
  const shown = open.length ? [] : over.slice(0, FEW);
  at("pager").replaceChildren(...[...open, ...shown].map(incident));
  const more = over.slice(shown.length);
  rest("resolved", `${more.length} ${shown.length ? "more " : ""}resolved`, more.map(incident));
}

/** An incident in PagerDuty. */
export function incident({ action, summary, severity, began, at: when }) {
  const over = action === "resolve" ? ["–", time(when)] : [];
  return element("li", {}, element("span", { class: `state ${action}` }, state.incidentState(action)),
    element("b", {}, state.subject(summary)), element("p", {}, `${severity ?? ""} `, time(began), ...over));
}

function mail({ subject, body, at: when }) {
  return element("li", {}, element("span", { class: "state" }, "mail"), element("b", {}, subject), time(when),
    element("p", { title: body }, body));
}

function plans(line) {
  if (line.plans.length === 0) return;
  const [newest, ...older] = line.plans.toReversed();
  at("plan").replaceChildren(...plan(newest));
  rest("plans", `${older.length} before`, older.map((one) => element("li", { class: "block" }, ...plan(one))));
}

/** What the remediator did or would do, and with which request. */
function plan({ outcome, playbook, target, text, requests, at: when }) {
  const whose = [playbook, target].filter(Boolean).join(" · ");
  return [
    element("p", {}, element("span", { class: "outcome" }, outcome), whose, " ", time(when)),
    element("p", {}, text),
    ...(requests.length ? [element("pre", { tabindex: 0, "aria-label": "Requests" }, requests.join("\n"))] : []),
  ];
}

/** The day's total, its change, and the dearest services. */
function report({ date, total, previous_total: before, by_service: services, token_cost_usd: tokens }) {
  const dearest = services.slice(0, 7);
  const most = Math.max(...dearest.map((one) => Number(one.amount)), 1e-9);
  const rows = dearest.map((one) => {
    const share = element("div", { class: "share" });
    share.style.width = `${(Number(one.amount) / most) * 100}%`;
    return row(money(one.amount), one.service, share);
  });
  if (tokens !== null) rows.push(row(money(tokens), "tokens, from the ledger"));
  return [
    element("p", { class: "total" }, total === null ? "unknown" : money(total), element("small", {}, ` on ${date} `), change(total, before)),
    element("table", {}, element("tbody", {}, ...rows)),
  ];
}

function row(amount, ...name) {
  return element("tr", {}, element("th", { scope: "row" }, ...name), element("td", {}, amount));
}

function change(total, before) {
  if (total === null || before === null || Number(before) === 0) return null;
  const percent = ((Number(total) - Number(before)) / Number(before)) * 100;
  const words = `${percent > 0 ? "▲" : "▼"} ${Math.abs(percent).toFixed(1)} %`;
  return element("small", { class: percent > 0 ? "up" : "down" }, words);
}
