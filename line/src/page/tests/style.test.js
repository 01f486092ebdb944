import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";

const css = fs.readFileSync(new URL("../assets/style.css", import.meta.url), "utf8");

/** The variables of each scheme: the dark ones are over the light ones. */
function schemes() {
  const blocks = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => Object.fromEntries([...body.matchAll(/(--[\w-]+): (#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name, value])));
  assert.equal(blocks.length, 2);
  return { light: blocks[0], dark: { ...blocks[0], ...blocks[1] } };
}

function luminance(hex) {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/g, "$&$&") : hex;
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(long.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test("the contrast is computed as WCAG 2 defines it", () => {
  assert.equal(contrast("#000", "#ffffff"), 21);
  assert.ok(Math.abs(contrast("#777", "#fff") - 4.48) < 0.01);
});

/** WCAG 2, AA, for text of any size. */
const LEAST = 4.5;
const PAIRS = [
  ...["--foam", "--mist", "--line", "--alarm", "--ok", "--signal"].flatMap((text) => [[text, "--deck"], [text, "--sea"]]),
  ...["--alarm", "--ok", "--signal", "--unknown"].map((badge) => ["--ink", badge]), ["--foam", "--code"],
  ...["--slack-text", "--slack-faint", "--slack-link", "--slack-code"].flatMap((text) => [[text, "--slack"], [text, "--slack-soft"]]),
];

for (const [scheme, colours] of Object.entries(schemes())) {
  test(`text can be read in the ${scheme} scheme`, () => {
    for (const [text, ground] of PAIRS) {
      const found = contrast(colours[text], colours[ground]);
      assert.ok(found >= LEAST, `${text} on ${ground}: ${found.toFixed(2)}`);
    }
  });
}

test("what is animated can be switched off, and focus can be seen", () => {
  assert.match(css, /prefers-reduced-motion: reduce\) \{ \* \{ animation: none !important/);
  assert.match(css, /:focus-visible \{ outline: 2px solid/);
});

test("two charts side by side on a phone have room for their times", () => {
  // 390 pixels less the page's and the panel's padding, in two columns with a gap, less the axis of values.
  const wide = (390 - 2 * 10 - 2 * 12 - 2 - 12) / 2 - 32;
  // Five characters of 11 pixels, of which a digit is at most 0.64 wide, and a space.
  const word = 6 * 11 * 0.64;
  assert.ok(4 * word > wide, "four times fit");
  assert.ok(2 * word <= wide, "two times do not fit");
  assert.match(css, /\.x-axis span:nth-child\(even\) \{ display: none; \}/);
});
