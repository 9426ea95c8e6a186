import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

/**
 * The headless Chromium that a development dependency brings, the same on every machine. Of the flags that it comes with,
 * one process for all and no web security would hide what users' browsers do; containers need the sandbox off.
 */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] });
}
