import type { Example, Feature } from '../../src/data/examples.js';
import type { RawPredictions } from '../../src/evaluate/predict.js';

/** Windows and logits as scripts/reference/postprocess.py encodes them. */
export interface PostprocessCase {
  readonly name: string;
  readonly n_best_size: number;
  readonly max_answer_length: number;
  readonly examples: readonly { readonly id: string; readonly context: string }[];
  readonly features: readonly {
    readonly example: number;
    readonly context_start: number;
    readonly offsets: readonly number[];
    /** Base64 of little-endian float32. */
    readonly start: string;
    readonly end: string;
  }[];
}

export function decodeCase(given: PostprocessCase): {
  examples: Example[];
  features: Feature[];
  logits: RawPredictions;
} {
  return {
    examples: given.examples.map(({ id, context }) => example(id, context)),
    features: given.features.map((row) => feature(row.example, row.context_start, row.offsets)),
    logits: {
      start: given.features.map(({ start }) => floats(start)),
      end: given.features.map(({ end }) => floats(end)),
    },
  };
}

export function example(id: string, context: string): Example {
  return { id, title: '', question: '', context, answers: [] };
}

export function feature(exampleIndex: number, contextStart: number, offsets: readonly number[]): Feature {
  return {
    exampleIndex,
    inputIds: new Int32Array(contextStart + offsets.length / 2 + 1),
    contextStart,
    offsets: Int32Array.from(offsets),
    startPosition: 0,
    endPosition: 0,
  };
}

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}
