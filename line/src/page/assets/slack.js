/** Messages as Slack draws Block Kit. */
import { avatar, element, time } from "./format.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { channelName } from "./state.js";

function block(block) {
  const box = (kind, ...children) => element("div", { class: `block ${kind}` }, ...children);
  const text = (object) => element("span", {}, ...textObject(object));
  switch (block.type) {
    case "header": return box("header", ...textObject(block.text));
    case "divider": return box("divider", element("hr"));
    case "image": return box("image", image(block));
    case "context": return box("context", ...block.elements.filter((one) => one.text).map(text));
    case "actions": return box("actions", ...block.elements.map(button));
    case "section": return section(block, box, text);
    default: return box("other", block.type);
  }
}

/** An uploaded file is shown by Slack itself; any other address is not fetched from here. */
function image({ slack_file: file, alt_text: words }) {
  const known = /^F\w+$/.test(file?.id ?? "");
  return known ? element("img", { src: `/files/${file.id}`, alt: words, title: words }) : words;
}

function section(block, box, text) {
  const parts = [];
  if (block.text) parts.push(box("text", text(block.text)));
  if (block.fields) parts.push(box("fields", ...block.fields.map(text)));
  if (block.accessory?.type === "button") parts.push(box("actions", button(block.accessory)));
  return element("div", {}, ...parts);
}

/** A button that leads nowhere from here, such as one that Slack would send to the application, is not a link. */
function button(one) {
  const leads = /^https?:/.test(one.url ?? "");
  const attributes = leads ? { class: "button", href: one.url, rel: "noreferrer" } : { class: "button" };
  return element(leads ? "a" : "span", attributes, ...textObject(one.text));
}

function attachment(one) {
  const color = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[one.color] ?? one.color ?? "#ddd";
  const box = element("div", { class: "attachment" });
  box.style.borderColor = /^#[0-9a-f]{3,6}$/i.test(color) ? color : "#ddd";
  if (!one.blocks && one.text) box.append(...mrkdwn(one.text));
  box.append(...(one.blocks ?? []).map(block));
  return box;
}

/** The content of a message: Slack shows the top-level text only if there are no blocks. */
function content({ payload, answer }) {
  const parts = [];
  if (payload?.text && !payload.blocks) parts.push(element("div", { class: "block" }, ...mrkdwn(payload.text)));
  parts.push(...(payload?.blocks ?? []).map(block), ...(payload?.attachments ?? []).map(attachment));
  if (answer !== "ok") parts.push(element("div", { class: "refused" }, `Slack answered ${answer}`));
  return parts;
}

/** A whole message, with room for the replies to it. */
function message(posted, where) {
  const body = element("div", {},
    element("div", { class: "who" }, element("b", {}, "Picket"), element("i", {}, "APP"),
      time(posted.at), element("em", {}, where)),
    element("div", { class: "content" }, ...content(posted)),
    element("div", { class: "thread" }));
  return element("article", { class: "message" }, avatar(), body);
}

/** A message that came to a webhook. */
export function hooked(posted) {
  return message(posted, `webhook ${posted.webhook}`);
}

/** The messages of channels, by Slack's id of them. */
const standing = new Map();

/** A bot's message: a new one, else nothing, after what stands was edited or replied to. */
export function channelled(posted) {
  const parent = standing.get(posted.edited ? posted.ts : posted.thread);
  const node = message(posted, channelName(posted.channel));
  if (!parent) {
    if (posted.ts) standing.set(posted.ts, node);
    return node;
  }
  if (!posted.edited) {
    parent.querySelector(".thread").append(node);
    const replies = parent.querySelectorAll(".thread > .message").length;
    parent.querySelector(".thread").dataset.count = replies === 1 ? "1 reply" : `${replies} replies`;
  } else if (posted.answer === "ok") {
    parent.querySelector(".content").replaceChildren(...content(posted), element("span", { class: "edited" }, "(edited)"));
  }
  return null;
}
