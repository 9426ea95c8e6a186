import { readFileSync } from 'node:fs';
import { BertTokenizer } from '../../src/data/tokenizer.js';

// What scripts/reference/features.py wrote: Python's tokens and windows of hard cases, with a vocabulary of its own.

interface EncodedText {
  readonly text: string;
  readonly ids: readonly number[];
  readonly offsets: readonly number[];
}

export interface PythonWindow {
  readonly id: string;
  readonly inputIds: readonly number[];
  readonly contextStart: number;
  readonly offsets: readonly number[];
  /** Null where the notebook's search for the answer fails. */
  readonly startPosition: number | null;
  readonly endPosition: number | null;
}

export interface Windows {
  readonly maxSeqLength: number;
  readonly docStride: number;
  readonly windows: readonly PythonWindow[];
}

interface FeatureFixture {
  readonly vocabulary: readonly string[];
  readonly uncased: readonly EncodedText[];
  readonly cased: readonly EncodedText[];
  readonly squad: unknown;
  readonly windows: readonly Windows[];
  readonly lines: {
    readonly maxSeqLength: number;
    readonly docStride: number;
    readonly train: readonly object[];
    readonly validation: readonly object[];
  };
  readonly dev: unknown;
  readonly devWindows: readonly Windows[];
  readonly refused: readonly {
    readonly example: { readonly question: string; readonly context: string };
    readonly maxSeqLength: number;
    readonly docStride: number;
    readonly error: string;
  }[];
}

export const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/data/features.json', import.meta.url), 'utf8'),
) as FeatureFixture;

export function fixtureTokenizer(lowercase = true): BertTokenizer {
  const options = { cleanText: true, handleChineseChars: true, stripAccents: lowercase, lowercase };
  return new BertTokenizer(fixture.vocabulary, options, 'the fixture');
}
