import type { Page } from 'playwright-core';

/** Run in the browser: the colour of the element that a selector finds, and the background that it stands on. */
const coloursOf = (selector: string) => `(() => {
  const element = document.querySelector(${JSON.stringify(selector)});
  const backgrounds = [];
  for (let at = element; at !== null; at = at.parentElement) backgrounds.push(getComputedStyle(at).backgroundColor);
  return [getComputedStyle(element).color, backgrounds.find((colour) => colour !== 'rgba(0, 0, 0, 0)')];
})()`;

/** WCAG's relative luminance, 0 (black) to 1 (white), of a colour such as `rgb(1, 2, 3)`. */
function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Luminances of an element's text and background, and WCAG's contrast between them. */
export async function contrastOf(
  page: Page,
  selector: string,
): Promise<{ background: number; contrast: number }> {
  const colours = await page.evaluate<string[]>(coloursOf(selector));
  const [text, background] = colours.map(luminance);
  const [darker, lighter] = [Math.min(text, background), Math.max(text, background)];
  return { background, contrast: (lighter + 0.05) / (darker + 0.05) };
}
