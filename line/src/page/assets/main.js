/** Follows the journal and draws what it amounts to. */
import { throughput } from "./chart.js";
import { short } from "./format.js";
import * as panels from "./panels.js";
import { channelled, hooked } from "./slack.js";
import * as state from "./state.js";

/** A burst of entries, such as the past of a line, is drawn once. */
const DRAWN_AFTER = 60;
/** So long after the last entry of the past, what comes is news for a screen reader. */
const SETTLED_AFTER = 800;
/** A browser tries again by itself, unless the answer was an error; then the page does, after this time. */
const RETRY_AFTER = 3000;

const at = (id) => document.getElementById(id);
const line = state.line();
let messages = 0;
let drawing = null;
let settling = null;
let next = 0;

/** A message that stands by itself; an edit or a reply makes no more of them. */
function arrived(node) {
  if (!node) return;
  messages += 1;
  const list = at("messages");
  // Someone who reads an older message is not moved away from it.
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.append(node);
  if (follows) list.scrollTop = list.scrollHeight;
}

function draw() {
  drawing = null;
  panels.draw(line, Date.now());
  at("posted").textContent = messages === 1 ? "1 message" : `${messages || "no"} messages`;
  tick();
}

function soon() {
  drawing ??= setTimeout(draw, DRAWN_AFTER);
}

/** What changes by the second. */
function tick() {
  const now = Date.now();
  const counts = state.traffic(line, now);
  at("throughput").replaceChildren(...throughput(counts));
  at("rate").textContent = short(state.rate(line, now));
  panels.now(line, now);
}

function take({ data }) {
  const entry = JSON.parse(data);
  if (state.isOfAnotherLine(line, entry)) return location.reload();
  if (entry.number < next) return undefined;
  next = entry.number + 1;
  state.take(line, entry);
  if (entry.kind === "slack") arrived(hooked(entry));
  if (entry.kind === "message") arrived(channelled(entry));
  clearTimeout(settling);
  settling = setTimeout(() => at("messages").setAttribute("aria-busy", "false"), SETTLED_AFTER);
  return soon();
}

function follow() {
  const journal = new EventSource("/journal");
  journal.onopen = () => { state.connected(line); soon(); };
  journal.onmessage = take;
  journal.onerror = () => {
    state.disconnected(line, Date.now());
    soon();
    if (journal.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, RETRY_AFTER);
  };
}

follow();
tick();
setInterval(tick, 1000);
