/** Slack's mrkdwn as DOM nodes. Text only becomes text nodes: a message cannot add markup to this page. */
import { element } from "./format.js";

const EMOJI = {
  rotating_light: "🚨", white_check_mark: "✅", warning: "⚠️", large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡",
  information_source: "ℹ️", hammer_and_wrench: "🛠️", wrench: "🔧", moneybag: "💰", bar_chart: "📊", chart_with_upwards_trend: "📈",
  question: "❓", grey_question: "❔", no_entry: "⛔", eyes: "👀", x: "❌", bell: "🔔", robot_face: "🤖", mag: "🔍", white_circle: "⚪",
  large_orange_circle: "🟠", large_blue_circle: "🔵", heavy_check_mark: "✔️", fire: "🔥", dollar: "💵", stethoscope: "🩺",
};

/** In this order: what is inside code is not looked at again. */
const MARKS = [
  [/```([\s\S]+?)```/, (match) => element("pre", { tabindex: 0 }, plain(match[1].replace(/^\n|\n$/g, "")))],
  [/`([^`\n]+)`/, (match) => element("code", {}, plain(match[1]))],
  [/<([^>|]+)(?:\|([^>]*))?>/, (match) => link(match[1], match[2])],
  [/(?<![\w*])\*([^*\n]+)\*(?![\w*])/, (match) => element("b", {}, ...mrkdwn(match[1]))],
  [/(?<![\w_])_([^_\n]+)_(?![\w_])/, (match) => element("em", {}, ...mrkdwn(match[1]))],
  [/(?<![\w~])~([^~\n]+)~(?![\w~])/, (match) => element("s", {}, ...mrkdwn(match[1]))],
  [/:([a-z0-9_+-]+):/, (match) => EMOJI[match[1]] ?? match[0]],
];

/** Slack's three entities, the ampersand last. */
function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function link(target, label) {
  if (/^[@#!]/.test(target)) return element("b", {}, plain(label ?? target));
  const safe = /^(https?|mailto):/.test(target);
  return safe ? element("a", { href: plain(target), rel: "noreferrer" }, plain(label ?? target)) : plain(label ?? target);
}

/** Nodes of a text. */
export function mrkdwn(text) {
  for (const [mark, make] of MARKS) {
    const match = mark.exec(text);
    if (match) {
      return [...mrkdwn(text.slice(0, match.index)), make(match), ...mrkdwn(text.slice(match.index + match[0].length))];
    }
  }
  return text.split("\n").flatMap((line, i) => (i ? [element("br"), plain(line)] : [plain(line)]));
}

/** A text object of Block Kit. */
export function textObject(object) {
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return [plain(object.text).replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole)];
}
