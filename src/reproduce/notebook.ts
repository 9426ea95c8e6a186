import type { ModelName } from '../models/index.js';

/** What the notebook printed for one of its problems. */
export interface NotebookModel {
  readonly problem: number;
  readonly title: string;
  /** Printed for two of them; of BERT-mini what its config.json and a span head make. */
  readonly parameters: number;
  /** `Loss:`, each 1,000 steps. */
  readonly losses: readonly number[];
  /** In percent. */
  readonly exactMatch: number;
  readonly f1: number;
}

/**
 * The figures of the notebook's output cells: the counts, which anyone's run must have, and the losses and scores of one
 * unseeded run on a GPU.
 */
export const notebook = {
  /** SQuAD v1.1's two files. */
  train: { questions: 87_599, features: 88_524, stepsPerEpoch: 7377 },
  validation: { questions: 10_570, features: 10_784, batches: 899 },
  /** Words of the vocabulary that its models were built for. */
  vocabulary: 30_522,
  lossEvery: 1000,
  /** Its answer to problem 3.2, by a few minutes, for which it has no figure. */
  trainedFaster: 'transformer',
  models: {
    'bert-mini': {
      problem: 0,
      title: 'BERT-mini',
      parameters: 11_105_282,
      losses: [
        2.9935789108276367, 3.166799545288086, 1.9664857387542725, 2.601724624633789, 2.7610039710998535,
        1.7573943138122559, 1.1449921131134033, 1.8035937547683716, 1.4644100666046143, 2.5865137577056885,
        1.9616796970367432, 1.6259715557098389, 1.6531521081924438, 1.909135341644287,
      ],
      exactMatch: 60.0,
      f1: 70.67257316462724,
    },
    lstm: {
      problem: 1,
      title: 'LSTM',
      parameters: 28_167_170,
      losses: [
        4.193328857421875, 4.639159202575684, 4.669092655181885, 3.994865894317627, 4.607333183288574,
        4.134253978729248, 4.328581809997559, 4.036929130554199, 3.9858651161193848, 4.279071807861328,
        4.3112382888793945, 3.746023654937744, 3.747622013092041, 3.971881866455078,
      ],
      exactMatch: 5.089877010406812,
      f1: 11.49986205468953,
    },
    transformer: {
      problem: 2,
      title: 'Transformer',
      parameters: 28_956_418,
      losses: [
        4.756199836730957, 4.391205310821533, 4.321883201599121, 4.261214733123779, 4.342556476593018,
        4.480454444885254, 3.9709627628326416, 4.533720016479492, 4.415839672088623, 4.716879367828369,
        4.258673667907715, 3.997011423110962, 4.100652694702148, 4.146346092224121,
      ],
      exactMatch: 5.089877010406812,
      f1: 10.593915244581673,
    },
  } satisfies Record<ModelName, NotebookModel>,
} as const;
