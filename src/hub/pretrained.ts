import { readFile } from 'node:fs/promises';
import { readTokenizer, readVocab } from '../data/tokenizer-files.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError, UsageError, messageOf } from '../errors.js';
import { checkVocabulary } from '../models/check-sizes.js';
import { loadModel, readModelConfig } from '../models/folder.js';
import type { AnyModelKind } from '../models/index.js';
import type { LoadReport } from '../models/load-report.js';
import type { ReaderModel } from '../models/reader-model.js';
import { manualSeed } from '../random.js';
import { defaultCheckpoint } from './default-checkpoint.js';
import { modelFolder } from './model-folder.js';

/** A model to train, with its tokenizer. */
export interface StartingPoint {
  readonly model: ReaderModel;
  readonly config: object;
  readonly tokenizer: BertTokenizer;
  /** What a checkpoint lacked or had too much; undefined for random weights. */
  readonly report: LoadReport | undefined;
}

export interface StartingPointArgs {
  /** A model of the hub, a folder in Hugging Face layout, or `random`. */
  readonly modelNameOrPath: string;
  /** config.json of a BERT that starts from random weights. */
  readonly configName?: string | undefined;
  readonly vocabFile?: string | undefined;
  /** Whose tokenizer is taken, where no vocabulary is given: by default the checkpoint's, or the default one's. */
  readonly tokenizerName?: string | undefined;
  readonly seed: number;
}

/**
 * Makes the model that training starts from. The seed is set right before the model is built, as in the reference
 * program: what is drawn from then on is what Python draws.
 */
export async function startingPoint(kind: AnyModelKind, args: StartingPointArgs): Promise<StartingPoint> {
  if (args.modelNameOrPath === 'random') return randomStart(kind, args);
  const dir = await modelFolder(args.modelNameOrPath);
  const saved = await readModelConfig(dir);
  if (saved.kind !== kind) {
    throw new UsageError(
      `Expected a checkpoint of model_type "${kind.modelType}" in ${dir}, got "${saved.kind.modelType}"; train the model that it belongs to.`,
    );
  }
  const tokenizer = await openTokenizer(args, dir);
  checkVocabulary(tokenizer, saved.config, dir);
  manualSeed(args.seed);
  return { ...(await loadModel(dir)), tokenizer };
}

async function randomStart(kind: AnyModelKind, args: StartingPointArgs): Promise<StartingPoint> {
  const tokenizer = await openTokenizer(args, defaultCheckpoint);
  const vocabSize = tokenizer.vocabulary.length;
  const config =
    args.configName === undefined
      ? kind.preset(vocabSize)
      : await readConfig(kind, args.configName, vocabSize);
  manualSeed(args.seed);
  return { model: kind.create(config), config, tokenizer, report: undefined };
}

async function openTokenizer(
  { vocabFile, tokenizerName }: StartingPointArgs,
  otherwise: string,
): Promise<BertTokenizer> {
  if (vocabFile !== undefined) return readVocab(vocabFile);
  return readTokenizer(await modelFolder(tokenizerName ?? otherwise, 'tokenizer'));
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
