/** Numbers, times and elements: the small things every panel needs. */

/** An element with attributes and children; a string child is text, never markup. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An SVG element. */
export function shape(name, attributes = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** 1234567 as 1.23 M: three digits tell a chart's reader enough. */
export function short(value) {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
    if (size >= unit) return Number((value / unit).toPrecision(3)) + name;
  }
  return size === 0 || size >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** A value with its unit. */
export function quantity(value, unit) {
  if (unit === "USD") return `$${short(value)}`;
  if (unit === "ms") return value < 1000 ? `${short(value)} ms` : `${short(value / 1000)} s`;
  if (unit) return `${short(value)} ${unit}`;
  return short(value);
}

/** A decimal in text as dollars and cents. Only for the eye: sums are made where decimals are exact. */
export function money(text) {
  return Number(text).toLocaleString("en-US", { style: "currency", currency: "USD" });
}

/** Hours and minutes, UTC, as CloudWatch shows them. */
export function clock(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}

/** A time of day, UTC, with the whole of it where a reader points at it. */
export function time(text) {
  return element("time", { datetime: text, title: text }, text.slice(11, 16));
}

/** The picket's picture beside its messages. */
export function avatar() {
  const svg = shape("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" });
  svg.append(shape("path", { d: "M4 26V11l4-5 4 5v15zM14 26V11l4-5 4 5v15zM24 26V11l3-4 3 4v15z" }));
  svg.append(shape("path", { class: "rail", d: "M2 15h28v3H2zM2 21h28v3H2z" }));
  return element("div", { class: "avatar" }, svg);
}
