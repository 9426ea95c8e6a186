import type { Page } from 'playwright-core';

/** What `coloursOf` finds: colours of an element, and the backgrounds within it and around it. */
interface Colours {
  readonly text: string;
  readonly placeholder: string;
  readonly border: string;
  readonly inside: string;
  readonly outside: string;
}

/** Run in the browser, of the element that a selector finds. */
const coloursOf = (selector: string) => `(() => {
  const element = document.querySelector(${JSON.stringify(selector)});
  const backgroundOf = (start) => {
    const backgrounds = [];
    for (let at = start; at !== null; at = at.parentElement) backgrounds.push(getComputedStyle(at).backgroundColor);
    return backgrounds.find((colour) => colour !== 'rgba(0, 0, 0, 0)');
  };
  const { color: text, borderTopColor: border } = getComputedStyle(element);
  const placeholder = getComputedStyle(element, '::placeholder').color;
  const inside = backgroundOf(element);
  return { text, placeholder, border, inside, outside: backgroundOf(element.parentElement) ?? inside };
})()`;

/** WCAG's relative luminance, 0 (black) to 1 (white), of a colour such as `rgb(1, 2, 3)`. */
function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG's contrast between two colours. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/**
 * The luminance of an element's background, and the contrasts of its text and its placeholder with it, and of its border
 * with what lies on either side.
 */
export async function contrastsOf(page: Page, selector: string) {
  const { text, placeholder, border, inside, outside } = await page.evaluate<Colours>(coloursOf(selector));
  return {
    background: luminance(inside),
    text: contrast(text, inside),
    placeholder: contrast(placeholder, inside),
    border: Math.min(contrast(border, inside), contrast(border, outside)),
  };
}
