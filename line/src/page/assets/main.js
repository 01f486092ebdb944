/** Follows the journal and draws its events. */
import { series, throughput } from "./chart.js";
import { short } from "./format.js";
import { channelled, hooked } from "./slack.js";
import * as panels from "./panels.js";

const SECONDS_SHOWN = 60;
const at = (id) => document.getElementById(id);
const line = { alarms: new Map(), steps: new Map(), perSecond: new Map(), pages: new Map(), mails: [], messages: 0, started: null, ended: null };

const draw = {
  "note": ({ text }) => { at("note").textContent = text; },
  "step-began": ({ step }) => step_is(step, { state: "now" }),
  "step-seen": ({ step, seconds }) => step_is(step, { state: "seen", said: `${seconds.toFixed(1)} s` }),
  "step-missed": ({ step, reason }) => step_is(step, { state: "missed", said: reason }),
  "sent": ({ events, total, at: when }) => {
    const second = Math.floor(Date.parse(when) / 1000);
    line.perSecond.set(second, (line.perSecond.get(second) ?? 0) + events);
    at("total").textContent = total.toLocaleString("en-US");
  },
  "datapoints": ({ series: all }) => {
    const drawn = all.filter((one) => one.points.length > 0);
    at("charts").replaceChildren(...drawn.map((one) => series(one, threshold_of(one.name))));
  },
  "alarm": (alarm) => {
    line.alarms.set(alarm.name, alarm);
    const alarms = [...line.alarms.values()];
    const [hot, calm] = [alarms.filter((one) => one.state === "ALARM"), alarms.filter((one) => one.state !== "ALARM")];
    const firing = hot.length;
    at("alarms").replaceChildren(...[...hot, ...calm].map(panels.alarm));
    at("firing").textContent = firing;
    at("firing").classList.toggle("hot", firing > 0);
  },
  "slack": (posted) => arrived(hooked(posted)),
  "message": (posted) => arrived(channelled(posted)),
  "page": (page) => {
    const known = line.pages.get(page.key) ?? {};
    line.pages.set(page.key, { ...known, ...page, summary: page.summary ?? known.summary });
    at("pager").replaceChildren(...[...line.pages.values()].map(panels.page));
  },
  "email": (mail) => {
    line.mails.push(mail);
    at("mail").replaceChildren(...line.mails.map(panels.mail));
  },
  "unanswered": () => { at("posted").textContent = "Slack does not respond"; },
  "plan": ({ message: plan }) => at("plan").replaceChildren(...panels.plan(plan)),
  "report": ({ report }) => at("report").replaceChildren(...panels.report(report)),
};

/** A message that stands by itself; an edit or a reply makes no more of them. */
function arrived(node) {
  if (!node) return;
  line.messages += 1;
  at("posted").textContent = line.messages === 1 ? "1 message" : `${line.messages} messages`;
  at("messages").append(node);
  at("messages").scrollTop = at("messages").scrollHeight;
}

function step_is(name, now) {
  line.steps.set(name, now);
  at("steps").replaceChildren(...panels.steps(line.steps));
}

function threshold_of(chart) {
  const alarm = [...line.alarms.values()].find((one) => one.metric === chart);
  return alarm?.threshold;
}

function tick() {
  const now = Math.floor(Date.now() / 1000);
  const counts = Array.from({ length: SECONDS_SHOWN }, (_, i) => line.perSecond.get(now - SECONDS_SHOWN + 1 + i) ?? 0);
  at("throughput").replaceChildren(...throughput(counts));
  at("rate").textContent = short(Math.max(...counts.slice(-4, -1)));
  if (line.started) at("elapsed").textContent = `${Math.round(((line.ended ?? Date.now()) - line.started) / 1000)} s`;
}

const journal = new EventSource("/journal");
let next = 0;
journal.onmessage = ({ data }) => {
  const entry = JSON.parse(data);
  if (entry.number < next) return;
  next = entry.number + 1;
  line.started ??= Date.parse(entry.at);
  draw[entry.kind]?.(entry);
};
journal.onerror = () => {
  line.ended ??= Date.now();
  at("note").textContent = "The line has stopped.";
};
tick();
setInterval(tick, 1000);
