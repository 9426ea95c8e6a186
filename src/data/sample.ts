import { fileURLToPath } from 'node:url';

const file = (name: string) => fileURLToPath(new URL(`../../../src/data/sample/${name}`, import.meta.url));

/**
 * The bundled sample: paragraphs about invented towns, inventors, ships, festivals and observatories, written by
 * scripts/make-sample.ts; the validation part has names and combinations that the training part has not.
 */
export const sample = {
  trainFile: file('train.json'),
  validationFile: file('validation.json'),
  vocabFile: file('vocab.txt'),
  /**
   * By these BERT-mini learns from random weights in minutes. Every paragraph fits into 96 positions; of the rates that
   * were tried in Python, 5e-4 with warmup learned most in 600 steps of 12.
   */
  settings: {
    maxSeqLength: 96,
    docStride: 32,
    learningRate: 5e-4,
    warmupSteps: 60,
    maxSteps: 600,
    loggingSteps: 100,
  },
};
