/** Alarms, plans, the report and the scenario's steps. */
import { element, money } from "./format.js";

/** One alarm's line. */
export function alarm({ name, watches, state, reason }) {
  const label = state === "INSUFFICIENT_DATA" ? "NO DATA" : state;
  return element("li", {}, element("span", { class: `state ${state}` }, label), element("b", {}, name),
    element("p", {}, state === "ALARM" ? reason : watches));
}

/** An incident in PagerDuty. */
export function page({ action, summary, severity }) {
  const state = { trigger: "TRIGGERED", acknowledge: "ACKNOWLEDGED", resolve: "RESOLVED" }[action] ?? action;
  return element("li", {}, element("span", { class: `state ${action}` }, state), element("b", {}, summary ?? ""), element("p", {}, severity ?? ""));
}

/** An e-mail. */
export function mail({ subject, body }) {
  return element("li", {}, element("span", { class: "state" }, "MAIL"), element("b", {}, subject), element("p", {}, body));
}

/** What the remediator would do, and with which request. */
export function plan({ outcome, playbook, target, text, requests }) {
  const whose = [playbook, target].filter(Boolean).join(" · ");
  return [
    element("p", {}, element("span", { class: "outcome" }, outcome), whose),
    element("p", {}, text),
    ...(requests.length ? [element("pre", {}, requests.join("\n"))] : []),
  ];
}

/** The day's total, its change, and the dearest services. */
export function report({ date, total, previous_total: before, by_service: services, token_cost_usd: tokens }) {
  const dearest = services.slice(0, 7);
  const most = Math.max(...dearest.map((one) => Number(one.amount)), 1e-9);
  const rows = dearest.map((one) => {
    const share = element("div", { class: "share" });
    share.style.width = `${(Number(one.amount) / most) * 100}%`;
    return element("tr", {}, element("td", {}, one.service, share), element("td", { class: "amount" }, money(one.amount)));
  });
  if (tokens !== null) rows.push(element("tr", {}, element("td", {}, "tokens, from the ledger"), element("td", { class: "amount" }, money(tokens))));
  return [
    element("p", { class: "total" }, total === null ? "unknown" : money(total), element("small", {}, ` on ${date} `), change(total, before)),
    element("table", {}, element("tbody", {}, ...rows)),
  ];
}

function change(total, before) {
  if (total === null || before === null || Number(before) === 0) return null;
  const percent = ((Number(total) - Number(before)) / Number(before)) * 100;
  return element("small", { class: percent > 0 ? "up" : "down" }, `${percent > 0 ? "▲" : "▼"} ${Math.abs(percent).toFixed(1)} %`);
}

/** The scenario as it stands: every step begun so far, in order. */
export function steps(list) {
  return [...list].map(([name, { state, said }]) => element("li", { class: state, title: said ?? "" },
    element("b", {}, name), element("span", {}, { now: "…", seen: said, missed: "not seen" }[state])));
}
