import { createReadStream } from 'node:fs';
import { unreadable } from './read-text.js';

/** A line that is not empty, by its number from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The lines of a file of UTF-8 that are not empty, as they are read: it may be larger than memory. As strict as `readText`. */
export async function* textLines(path: string, what: string, remedy: string): AsyncGenerator<Line> {
  let number = 0;
  for await (const text of splitLines(decoded(path, what, remedy))) {
    number += 1;
    if (text.trim() !== '') yield { number, text };
  }
}

async function* decoded(path: string, what: string, remedy: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) yield decoder.decode(bytes as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw unreadable(path, what, remedy, error);
  }
}

/** At line feeds alone: JSON may hold all else that readers of lines split at. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    begun += first;
    for (const next of others) {
      yield begun;
      begun = next;
    }
  }
  yield begun;
}
