import { QaError, excerptOf, messageOf } from '../errors.js';
import { readUtf8 } from './read-text.js';

/** Reads answer texts by question id; whether they are strings is checked when they are scored. */
export async function readPredictions(path: string): Promise<Record<string, string>> {
  const { json } = await readObject(path, predictionsFile);
  return json as Record<string, string>;
}

/**
 * Reads the odds of no answer by question id, in the order of the file: it decides between equal odds, and an object
 * would put ids that are numbers first.
 */
export async function readNoAnswerOdds(path: string): Promise<Map<string, number>> {
  const { json, text } = await readObject(path, oddsFile);
  for (const [id, odds] of Object.entries(json)) {
    if (typeof odds !== 'number')
      throw unreadable(path, oddsFile, `question ${id} has ${JSON.stringify(odds)}`);
  }
  const entries = text.matchAll(/("(?:[^"\\]|\\.)*")\s*:\s*([^\s,}]+)/g);
  return new Map([...entries].map(([, id, odds]) => [JSON.parse(id) as string, Number(odds)]));
}

interface Kind {
  readonly what: string;
  readonly remedy: string;
}

const predictionsFile: Kind = {
  what: 'answer texts',
  remedy: 'give the predictions.json of `qa-native eval`',
};
const oddsFile: Kind = {
  what: 'numbers',
  remedy: 'give the null_odds.json of `qa-native eval --version-2-with-negative`',
};

async function readObject(path: string, kind: Kind): Promise<{ json: object; text: string }> {
  let text: string;
  let json: unknown;
  try {
    text = await readUtf8(path);
    json = JSON.parse(text);
  } catch (error) {
    throw unreadable(path, kind, messageOf(error), error);
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { json, text };
  throw unreadable(
    path,
    kind,
    `it holds ${Array.isArray(json) ? 'a list' : excerptOf(JSON.stringify(json))}`,
  );
}

function unreadable(path: string, { what, remedy }: Kind, reason: string, cause?: unknown): QaError {
  return new QaError(
    `Expected a JSON object of ${what} by question id at ${path}, but could not read one (${reason}); ${remedy}.`,
    'ERR_PREDICTIONS',
    { cause },
  );
}
