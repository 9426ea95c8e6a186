import { resolve, sep } from 'node:path';
import { showControls } from './html.js';

/** What runs are called: the name of the folder, with as much of the way to it as tells it from others. */
export function nameRuns(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder).split(sep));
  const ending = (path: readonly string[], parts: number) => path.slice(-parts).join('/');
  return paths.map((path) => {
    let parts = 1;
    const isShared = () =>
      paths.some((other) => other !== path && ending(other, parts) === ending(path, parts));
    while (parts < path.length && isShared()) parts += 1;
    return legible(ending(path, parts));
  });
}

/**
 * A name on one line, whatever is in it; one that is read from the right, or turns the direction, stands by itself in a
 * sentence.
 */
function legible(name: string): string {
  const shown = showControls(name.replace(/[\t\n\r]/g, ' '));
  return /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/.test(shown)
    ? `\u2068${shown}\u2069`
    : shown;
}
