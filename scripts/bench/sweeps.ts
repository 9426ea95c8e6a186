import type { ContestantSettings } from './contestant.js';

/** One thing that is made larger while the rest stays. */
export interface Sweep {
  readonly name: string;
  readonly title: string;
  /** What the x axis counts. */
  readonly unit: string;
  /** Whether both axes are logarithmic. */
  readonly log: boolean;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  /** Where a number does not say it. */
  readonly label?: string;
  readonly settings: Partial<ContestantSettings>;
  /** A BERT's config.json; by default BERT-mini's. */
  readonly config?: object;
}

/** Turc et al. 2019 (arXiv:1908.08962), and BERT-base: layers, width, heads. */
const sizes = [
  ['tiny', 2, 128, 2],
  ['mini', 4, 256, 4],
  ['small', 4, 512, 8],
  ['medium', 8, 512, 8],
  ['base', 12, 768, 12],
] as const;

function bertConfig(layers: number, hidden: number, heads: number): object {
  return {
    model_type: 'bert',
    num_hidden_layers: layers,
    hidden_size: hidden,
    num_attention_heads: heads,
    intermediate_size: 4 * hidden,
  };
}

export const sweeps: readonly Sweep[] = [
  {
    name: 'batch-size',
    title: 'BERT-mini, 384 positions: seconds a step by batch size',
    unit: 'windows of a batch',
    log: false,
    points: [1, 2, 4, 8, 12, 16, 24].map((x) => ({ x, settings: { batch_size: x } })),
  },
  {
    name: 'sequence-length',
    title: 'BERT-mini, batches of 12: seconds a step by sequence length',
    unit: 'positions of a window',
    log: false,
    points: [96, 128, 192, 256, 384, 512].map((x) => ({
      x,
      settings: { max_seq_length: x, doc_stride: Math.min(128, x / 4) },
    })),
  },
  {
    name: 'model-size',
    title: 'Batches of 4 x 384: seconds a step by the size of BERT, from random weights',
    unit: 'million weights of the layers',
    log: true,
    points: sizes.map(([label, layers, hidden, heads]) => ({
      x: (12 * layers * hidden ** 2) / 1e6,
      label,
      settings: { batch_size: 4 },
      config: bertConfig(layers, hidden, heads),
    })),
  },
];
