/** Messages as Slack draws Block Kit. */
import { avatar, element } from "./format.js";
import { mrkdwn, textObject } from "./mrkdwn.js";

function block(block) {
  const box = (kind, ...children) => element("div", { class: `block ${kind}` }, ...children);
  const text = (object) => element("span", {}, ...textObject(object));
  switch (block.type) {
    case "header": return box("header", ...textObject(block.text));
    case "divider": return box("divider", element("hr"));
    case "context": return box("context", ...block.elements.filter((one) => one.text).map(text));
    case "actions": return box("actions", ...block.elements.map(button));
    case "section": return section(block, box, text);
    default: return box("other", block.type);
  }
}

function section(block, box, text) {
  const parts = [];
  if (block.text) parts.push(box("text", text(block.text)));
  if (block.fields) parts.push(box("fields", ...block.fields.map(text)));
  if (block.accessory?.type === "button") parts.push(box("actions", button(block.accessory)));
  return element("div", {}, ...parts);
}

function button(one) {
  const href = /^https?:/.test(one.url ?? "") ? one.url : "#";
  return element("a", { class: "button", href, rel: "noreferrer" }, ...textObject(one.text));
}

function attachment(one) {
  const color = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[one.color] ?? one.color ?? "#ddd";
  const box = element("div", { class: "attachment" });
  box.style.borderColor = /^#[0-9a-f]{3,6}$/i.test(color) ? color : "#ddd";
  if (!one.blocks && one.text) box.append(...mrkdwn(one.text));
  box.append(...(one.blocks ?? []).map(block));
  return box;
}

/** A whole message: Slack shows the top-level text only where there are no blocks. */
export function message({ webhook, payload, answer, at }) {
  const body = element("div", {},
    element("div", { class: "who" }, element("b", {}, "Picket"), element("i", {}, "APP"),
      element("time", {}, at.slice(11, 16)), element("em", {}, `webhook ${webhook}`)));
  if (payload?.text && !payload.blocks) body.append(element("div", { class: "block" }, ...mrkdwn(payload.text)));
  body.append(...(payload?.blocks ?? []).map(block), ...(payload?.attachments ?? []).map(attachment));
  if (answer !== "ok") body.append(element("div", { class: "refused" }, `Slack answered ${answer}`));
  return element("article", { class: "message" }, avatar(), body);
}
