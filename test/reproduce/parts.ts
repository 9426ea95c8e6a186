import { notebook } from '../../src/reproduce/notebook.js';
import type { Part } from '../../src/reproduce/part.js';

/** A run with the notebook's counts, as the full one has them. */
export function wholePart(changes: Partial<Part> = {}): Part {
  const { train, validation, vocabulary } = notebook;
  return {
    model: 'lstm',
    seed: 42,
    vocabulary,
    parameters: 28_167_170,
    notebookSizes: true,
    settings: {},
    train: { ...train, steps: 2 * train.stepsPerEpoch, minutes: 90 },
    validation: { ...validation, minutes: 2 },
    losses: [{ step: 1000, loss: 4.5 }],
    exactMatch: 5,
    f1: 11,
    ...changes,
  };
}
