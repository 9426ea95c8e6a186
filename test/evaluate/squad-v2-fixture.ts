import { readFileSync } from 'node:fs';
import type { PostprocessCase } from './postprocess-case.js';

export interface V2Candidate {
  readonly text: string;
  readonly probability: number;
  readonly start_logit: number;
  readonly end_logit: number;
}

/** What scripts/reference/squad_v2.py writes. */
export interface SquadV2Fixture {
  readonly postprocess: readonly (PostprocessCase & {
    readonly null_score_diff_threshold: number;
    readonly results: Readonly<
      Record<
        string,
        { readonly nbest: readonly V2Candidate[]; readonly odds: number; readonly prediction: string }
      >
    >;
  })[];
  readonly scores: readonly {
    readonly name: string;
    readonly questions: readonly (readonly [id: string, answers: readonly string[]])[];
    readonly predictions: Readonly<Record<string, string>>;
    readonly odds: readonly (readonly [id: string, odds: number])[] | null;
    readonly threshold: number;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

export const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/evaluate/squad-v2.json', import.meta.url), 'utf8'),
) as SquadV2Fixture;
