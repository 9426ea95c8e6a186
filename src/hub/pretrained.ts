import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTokenizer, readVocab } from '../data/tokenizer-files.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError, UsageError, messageOf } from '../errors.js';
import { loadModel } from '../models/folder.js';
import type { AnyModelKind } from '../models/index.js';
import type { LoadReport } from '../models/load-report.js';
import type { ReaderModel } from '../models/reader-model.js';
import { manualSeed } from '../random.js';

/** A model to train, with its tokenizer. */
export interface StartingPoint {
  readonly model: ReaderModel;
  readonly config: object;
  readonly tokenizer: BertTokenizer;
  /** What a checkpoint lacked or had too much; undefined for random weights. */
  readonly report: LoadReport | undefined;
}

export interface StartingPointArgs {
  /** A folder in Hugging Face layout, or `random`. */
  readonly modelNameOrPath: string;
  /** config.json of a BERT that starts from random weights. */
  readonly configName?: string | undefined;
  readonly vocabFile?: string | undefined;
  readonly seed: number;
}

/**
 * Makes the model that training starts from. The seed is set right before the model is built, as in the reference
 * program: what is drawn from then on is what Python draws.
 */
export async function startingPoint(kind: AnyModelKind, args: StartingPointArgs): Promise<StartingPoint> {
  if (args.modelNameOrPath === 'random') return randomStart(kind, args);
  const dir = args.modelNameOrPath;
  await expectFolder(dir);
  const tokenizer = args.vocabFile === undefined ? await readTokenizer(dir) : await readVocab(args.vocabFile);
  manualSeed(args.seed);
  const loaded = await loadModel(dir);
  if (loaded.kind !== kind) {
    throw new UsageError(
      `Expected a checkpoint of model_type "${kind.modelType}" in ${dir}, got "${loaded.kind.modelType}"; train the model that it belongs to.`,
    );
  }
  return { ...loaded, tokenizer };
}

async function randomStart(kind: AnyModelKind, args: StartingPointArgs): Promise<StartingPoint> {
  if (args.vocabFile === undefined) {
    throw new UsageError(
      'Expected --vocab-file with random weights, but none came; give the vocab.txt to tokenize with.',
    );
  }
  const tokenizer = await readVocab(args.vocabFile);
  const vocabSize = tokenizer.vocabulary.length;
  const config =
    args.configName === undefined
      ? kind.preset(vocabSize)
      : await readConfig(kind, args.configName, vocabSize);
  manualSeed(args.seed);
  return { model: kind.create(config), config, tokenizer, report: undefined };
}

async function readConfig(kind: AnyModelKind, path: string, vocabSize: number): Promise<object> {
  try {
    const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return kind.parseConfig({ ...json, vocab_size: vocabSize }, path);
  } catch (error) {
    if (error instanceof QaError) throw error;
    throw new QaError(
      `Expected a model's settings in ${path}, but they could not be read (${messageOf(error)}); check the path.`,
      'ERR_CONFIG',
    );
  }
}

async function expectFolder(dir: string): Promise<void> {
  try {
    await access(join(dir, 'config.json'));
  } catch {
    throw new QaError(
      `Expected --model-name-or-path to be "random" or a folder with config.json, vocab.txt and model.safetensors, ` +
        `but ${dir} has no config.json; download the checkpoint and give its folder.`,
      'ERR_NO_MODEL',
    );
  }
}
