import type { ModelName } from '../models/index.js';

/** One model trained and evaluated with one seed: what reproduce.json keeps of it. */
export interface Part {
  readonly model: ModelName;
  readonly seed: number;
  /** Words of the vocabulary. */
  readonly vocabulary: number;
  readonly parameters: number;
  /** Whether its sizes are the notebook's; a checkpoint may bring others. */
  readonly notebookSizes: boolean;
  /** The settings that are not the notebook's, by their names in the command line. */
  readonly settings: Readonly<Record<string, { readonly here: number; readonly notebook: number }>>;
  readonly train: {
    readonly questions: number;
    readonly features: number;
    readonly stepsPerEpoch: number;
    readonly steps: number;
    readonly minutes: number;
  };
  readonly validation: {
    readonly questions: number;
    readonly features: number;
    readonly batches: number;
    readonly minutes: number;
  };
  /** The losses of every thousandth step, or as often as the run printed them. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  /** In percent. */
  readonly exactMatch: number;
  readonly f1: number;
}
