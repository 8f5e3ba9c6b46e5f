/** The browser of the tests: the machine's own Chromium, else the one inside the package. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const OWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Arguments a browser needs inside containers and as root, and none that let it talk to anyone but us. */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Path of a Chromium and the arguments it wants. `CHROMIUM_PATH` names another one. */
export async function browserPath(): Promise<{ executablePath: string; args: string[] }> {
  const own = process.env.CHROMIUM_PATH ?? OWN.find((path) => existsSync(path));
  if (own) return { executablePath: own, args: BROWSER_ARGS };
  const { default: packed } = await import('@sparticuz/chromium');
  return { executablePath: await packed.executablePath(), args: [...packed.args, ...BROWSER_ARGS] };
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch(await browserPath());
}
