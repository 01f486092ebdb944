/** What the journal's entries amount to. Without a document, so that it can be tested without a browser. */

/** The newest entries that the page lists. */
const RECENT = 8;
/** The traffic chart shows a minute; what is older is forgotten. */
export const SECONDS_SHOWN = 60;

/** A line of which nothing is known yet. */
export function line() {
  return {
    connection: "connecting", lostAt: null, firstAt: null, newest: null, live: null,
    total: 0, perSecond: new Map(), series: [], alarms: new Map(), silenced: new Map(),
    steps: new Map(), incidents: new Map(), mails: [], plans: [], report: null, slackHangs: false, recent: [],
  };
}

const takes = {
  "note": (line, { text }) => text,
  "step-began": (line, { step, at }) => { line.steps.set(step, { state: "now", began: Date.parse(at) }); },
  "step-seen": (line, { step, seen, seconds }) => {
    line.steps.set(step, { state: "seen", result: seen, seconds });
  },
  "step-missed": (line, { step, reason }) => {
    line.steps.set(step, { state: "missed", result: reason });
    return `${step}: not seen: ${reason}`;
  },
  "live": (line, { steps, seen, at }) => { line.live = { steps, seen, at: Date.parse(at) }; },
  "sent": (line, { events, total, at }) => {
    const second = Math.floor(Date.parse(at) / 1000);
    line.perSecond.set(second, (line.perSecond.get(second) ?? 0) + events);
    for (const old of line.perSecond.keys()) if (old < second - SECONDS_SHOWN) line.perSecond.delete(old);
    line.total = total;
  },
  // Of past datapoints the journal keeps the newest only.
  "datapoints": (line, { series }) => { if (series.length) line.series = series; },
  "alarm": (line, alarm) => {
    const before = takeAlarm(line, alarm, alarm.at);
    const isNews = alarm.state === "ALARM" || before?.state === "ALARM";
    return isNews && before?.state !== alarm.state ? `${alarm.name}: ${stateName(alarm.state)}` : null;
  },
  "alarms": (line, { alarms, at }) => { for (const alarm of alarms) takeAlarm(line, alarm, at); },
  "silenced": (line, { alarms }) => { line.silenced = new Map(alarms.map((one) => [one.alarm, one])); },
  "slack": (line, { webhook, payload }) => { line.slackHangs = false; return `Slack, ${webhook}: ${headline(payload)}`; },
  "message": (line, { channel, edited, payload }) => {
    line.slackHangs = false;
    return `Slack, ${channelName(channel)}${edited ? ", edited" : ""}: ${headline(payload)}`;
  },
  "unanswered": (line) => {
    const isNews = !line.slackHangs;
    line.slackHangs = true;
    return isNews ? "Slack does not answer" : null;
  },
  "trouble": (line, { status }) => `Slack answered ${status}`,
  "page": (line, page) => {
    const known = line.incidents.get(page.key) ?? { began: page.at };
    const given = { summary: page.summary ?? known.summary, severity: page.severity ?? known.severity };
    line.incidents.set(page.key, { ...known, ...given, action: page.action, at: page.at });
    return `PagerDuty: ${subject(given.summary)} ${incidentState(page.action)}`;
  },
  "email": (line, { subject, body, at }) => { line.mails.push({ subject, body, at }); return `E-mail: ${subject}`; },
  "plan": (line, { message, at }) => {
    line.plans.push({ ...message, at });
    return `Remediation, ${message.outcome}: ${message.target ?? message.alarm_name}`;
  },
  "report": (line, { report }) => { line.report = report; },
};

/** Keeps the time since which the alarm is in its state; what was known of it before. */
function takeAlarm(line, alarm, at) {
  const before = line.alarms.get(alarm.name);
  line.alarms.set(alarm.name, { ...alarm, since: before?.state === alarm.state ? before.since : at });
  return before;
}

/** Takes an entry into account. */
export function take(line, entry) {
  line.firstAt ??= Date.parse(entry.at);
  const news = takes[entry.kind]?.(line, entry);
  // In a time-lapse, an alarm changes in the minute that is played, which is past.
  if (!line.newest || entry.at > line.newest) line.newest = entry.at;
  if (news) line.recent = [...line.recent, { at: line.newest, text: news }].slice(-RECENT);
}

/** Whether an entry is of another line than those before: a restarted line counts from 0 again. */
export function isOfAnotherLine(line, { number, at }) {
  return number === 0 && line.firstAt !== null && Date.parse(at) !== line.firstAt;
}

/** The connection to the line's server, and since when there is none. */
export function connected(line) {
  Object.assign(line, { connection: "open", lostAt: null });
}

/** See [`connected`]. */
export function disconnected(line, now) {
  Object.assign(line, { connection: "lost", lostAt: line.lostAt ?? now });
}

/** What the line does now: a word and a sentence. */
export function status(line, now) {
  const over = line.live && line.live.steps > SET_UP ? scenario(line.live) : "";
  if (line.connection === "lost") {
    const sentence = `No connection to the line since ${new Date(line.lostAt).toTimeString().slice(0, 8)}. ${over}`;
    return { kind: "lost", word: "Disconnected", sentence: sentence.trim() };
  }
  if (line.connection === "connecting") return { kind: "connecting", word: "Connecting", sentence: "" };
  const step = stepUnderWay(line);
  if (step) return { kind: "playing", word: "Playing", sentence: step };
  if (line.live) {
    return { kind: "live", word: "Live", sentence: over || "Every alarm is evaluated each minute." };
  }
  return { kind: "playing", word: "Playing", sentence: "" };
}

/** The steps without which there is no line: start and deployment. */
const SET_UP = 2;

function scenario({ steps, seen }) {
  return `The scenario is over: ${seen} of ${steps} steps seen.`;
}

function stepUnderWay(line) {
  return [...line.steps].findLast(([, { state }]) => state === "now")?.[0];
}

/** Seconds to the next evaluation of the alarms: a live line evaluates a second after the end of each minute. */
export function nextEvaluation(line, now) {
  if (line.connection !== "open" || !line.live) return null;
  return 60 - (Math.floor(now / 1000) - 1) % 60;
}

/** Seconds from the first entry to the end of the scenario, or to now. It stays when the line is gone. */
export function elapsed(line, now) {
  if (line.firstAt === null) return null;
  const end = line.live?.at ?? line.lostAt ?? now;
  return Math.max(0, Math.round((end - line.firstAt) / 1000));
}

/** A step's duration, where there is one to speak of. */
export function duration({ state, seconds, began }, now) {
  const taken = state === "now" ? Math.floor((now - began) / 1000) : seconds;
  return taken >= 0.05 ? `${taken.toFixed(state === "now" ? 0 : 1)} s` : null;
}

/** Alarms with their silences, those in ALARM first. */
export function alarms(line) {
  const rank = ({ state, silence }) => (state === "ALARM" ? (silence ? 1 : 0) : state === "OK" ? 2 : 3);
  const all = [...line.alarms.values()].map((alarm) => ({ ...alarm, silence: line.silenced.get(alarm.name) ?? null }));
  return all.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** A state as people write it. */
export function stateName(state) {
  return state === "INSUFFICIENT_DATA" ? "no data" : state;
}

/** Incidents of PagerDuty, the open ones first, each with the newest first. */
export function incidents(line) {
  const isOver = ({ action }) => action === "resolve";
  const all = [...line.incidents.values()].reverse();
  return [...all.filter((one) => !isOver(one)), ...all.filter(isOver)];
}

/** What became of an incident. */
export function incidentState(action) {
  return { trigger: "triggered", acknowledge: "acknowledged", resolve: "resolved" }[action] ?? action;
}

/** What an incident is about. Its summary begins with the state that opened it, which is not the state of now. */
export function subject(summary) {
  return (summary ?? "an incident").replace(/^(\p{Extended_Pictographic}\uFE0F? )?\S+( DATA)? · (critical|warning|info) · /u, "");
}

/** The series by workload, in their order; in each, those with an alarm first. */
export function workloads(line) {
  const groups = new Map();
  for (const one of line.series.filter(({ points }) => points.length > 0)) {
    const name = one.workload ?? one.name.split(" ")[0];
    groups.set(name, [...(groups.get(name) ?? []), { ...one, watched: watchers(line, one.name) }]);
  }
  const rank = ({ watched }) => (watched.some(({ state }) => state === "ALARM") ? 0 : watched.length ? 1 : 2);
  return [...groups].map(([name, series]) => [name, series.sort((a, b) => rank(a) - rank(b))]);
}

function watchers(line, name) {
  return [...line.alarms.values()].filter(({ metric }) => metric === name);
}

/** The thresholds that the values of a chart can be compared with: of its own statistic, and of one minute. */
export function thresholds({ statistic, watched }) {
  const adds = /^(Sum|SampleCount)$/.test(statistic ?? "");
  const fits = (alarm) => statistic && alarm.statistic === statistic && (!adds || alarm.period === 60);
  return [...new Set(watched.filter(fits).map(({ threshold }) => threshold))];
}

/** The events of each of the last seconds. */
export function traffic(line, now) {
  const last = Math.floor(now / 1000);
  return Array.from({ length: SECONDS_SHOWN }, (_, i) => line.perSecond.get(last - SECONDS_SHOWN + 1 + i) ?? 0);
}

/** Seconds of which the rate is the mean: a live line sends once in this time. */
const RATE_OVER = 10;

/** Events a second, of the seconds that are over. */
export function rate(line, now) {
  const counts = traffic(line, now).slice(-RATE_OVER - 1, -1);
  return counts.reduce((sum, count) => sum + count, 0) / RATE_OVER;
}

/** The name of a channel of the line's Slack: `C0CRITICAL` is #critical. */
export function channelName(id) {
  return id.replace(/^C0/, "#").toLowerCase();
}

function headline(payload) {
  return (payload?.text ?? "a message").split("\n")[0].replace(/:[a-z0-9_+-]+: ?/g, "").slice(0, 120);
}
