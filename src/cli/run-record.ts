import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { QaError, UsageError } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { fileHash } from '../formats/file-hash.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import type { StartingPoint } from '../hub/pretrained.js';
import type { ReaderModel } from '../models/reader-model.js';
import { runtimeInfo } from '../runtime.js';
import { packageVersion } from '../setup/package-version.js';
import { readRunRecord, recordFile, type RunRecord } from './read-run-record.js';
import { expectFlags } from './recorded-flags.js';
import { trainOptions, type TrainArgs } from './train-options.js';

/** What came on the command line of `train`: a flag that is undefined is as in the run of --from-run, or the default. */
export type GivenTrainArgs = { readonly [Name in keyof TrainArgs]: TrainArgs[Name] | undefined } & {
  readonly fromRun?: string | undefined;
};

export type RunMachine = Omit<RunRecord, 'sha256'>;

const defaults = { seed: 42, eval: true, device: 'auto', json: false, overwriteOutputDir: false };

/** Flags that say how a run is started, not what it does. */
const ofThisStart = ['fromRun', 'outputDir', 'resumeFromCheckpoint', 'overwriteOutputDir', 'json'];
/** Second names of flags. */
const aliases = ['checkpoint', 'batchSize', 'epochs'];
const pathFlags = [
  'modelNameOrPath',
  'tokenizerName',
  'trainFile',
  'validationFile',
  'vocabFile',
  'configName',
];

/** What a flag overrules that is given without the other, where a data set or the run before had that one. */
const overruled = {
  numTrainEpochs: { maxSteps: -1 },
  warmupRatio: { warmupSteps: 0 },
  dataset: { trainFile: undefined, validationFile: undefined },
  vocabFile: { tokenizerName: undefined },
  tokenizerName: { vocabFile: undefined },
  modelNameOrPath: { configName: undefined },
};

/** The flags that name each thing whose hash is recorded. */
const namesOf: Readonly<Record<string, readonly string[]>> = {
  'train file': ['trainFile', 'dataset'],
  'validation file': ['validationFile', 'dataset'],
  vocabulary: ['vocabFile', 'tokenizerName', 'modelNameOrPath', 'dataset'],
  weights: ['model', 'modelNameOrPath', 'configName', 'seed', 'vocabFile', 'tokenizerName', 'dataset'],
};

/** The flags given, over those of --from-run, over the defaults. */
export async function completeArgs(
  given: GivenTrainArgs,
): Promise<{ args: TrainArgs; again: RunRecord | undefined }> {
  const { fromRun } = given;
  const again = fromRun === undefined ? undefined : await readRunRecord(fromRun);
  if (again !== undefined) expectFlags(again.flags, trainOptions, join(fromRun ?? '', recordFile));
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const outputDir = fromRun === undefined ? {} : { outputDir: besideRun(fromRun) };
  // Random weights are those of the run's own configuration.
  const others = named.map(([name, value]) =>
    value === 'random' ? {} : overruled[name as keyof typeof overruled],
  );
  const own = Object.assign({}, ...others, Object.fromEntries(named)) as object;
  const args = { ...defaults, ...again?.flags, ...outputDir, ...own };
  if ('model' in args) return { args: args as unknown as TrainArgs, again };
  throw new UsageError('Expected a model or --from-run, but neither came; see `qa-native train --help`.');
}

/** A folder beside a run's, also where that is `.` or `..`. */
function besideRun(folder: string): string {
  const named = /^\.*$/.test(basename(folder)) ? resolve(folder) : folder.replace(/[/\\]+$/, '');
  return `${named}-again`;
}

/** @param settings all numbers of the run, and its device */
export async function makeRunRecord(
  args: TrainArgs,
  settings: object,
  files: Readonly<Record<string, string | undefined>>,
  { model, tokenizer }: Pick<StartingPoint, 'model' | 'tokenizer'>,
): Promise<RunRecord> {
  const machine = thisMachine();
  // yargs has each flag a second time with hyphens, and its own in front.
  const flags = Object.entries(args).filter(
    ([name, value]) =>
      /^[a-z]\w*$/i.test(name) && ![...ofThisStart, ...aliases].includes(name) && value !== undefined,
  );
  // A hub's name or `random` is no path.
  const absolute = flags.map(([name, value]): [string, unknown] =>
    pathFlags.includes(name) && existsSync(String(value)) ? [name, resolve(String(value))] : [name, value],
  );
  const sha256: Record<string, string> = {};
  for (const [name, path] of Object.entries(files))
    if (path !== undefined) sha256[name] = await fileHash(path);
  sha256['vocabulary'] = hashVocabulary(tokenizer);
  sha256['weights'] = hashWeights(model);
  return {
    ...machine,
    flags: { ...Object.fromEntries(absolute), ...settings, ...machine.flags },
    sha256,
  };
}

export async function writeRunRecord(outputDir: string, record: RunRecord): Promise<void> {
  await writeJsonAtomic(join(outputDir, recordFile), record);
}

/** The record of a run that goes on, with the questions that it is now scored on. */
export async function recordScoring(
  record: RunRecord,
  { dataset, validationFile, maxEvalSamples }: TrainArgs,
): Promise<RunRecord> {
  // Undefined, as in all that is written as JSON, is not there.
  const flags = { ...record.flags, maxEvalSamples };
  if (validationFile === undefined) return { ...record, flags };
  const named = { ...(dataset === undefined ? {} : { dataset }), validationFile: resolve(validationFile) };
  return {
    ...record,
    flags: { ...flags, ...named },
    sha256: { ...record.sha256, 'validation file': await fileHash(validationFile) },
  };
}

/**
 * Throws where files or weights are not those of the run that is done again, unless a flag names others; says on stderr
 * what else differs and may change the last bits.
 */
export function expectSameInputs(again: RunRecord, now: RunRecord, given: GivenTrainArgs): void {
  const isNamed = (what: string) =>
    namesOf[what]?.some((flag) => (given as Record<string, unknown>)[flag] !== undefined) ?? false;
  // What a run of an older version did not note, and what this one does not read, nobody can compare.
  const other = Object.keys(again.sha256).filter(
    (what) => what in now.sha256 && again.sha256[what] !== now.sha256[what] && !isNamed(what),
  );
  if (other.length > 0) {
    throw new QaError(
      `Expected the ${other.join(', ')} that the run of --from-run had, got another SHA-256; bring them back or name the ones to take by their flags.`,
      'ERR_RUN_CHANGED',
    );
  }
  sayWhatDiffers(again, now);
}

/** Says on stderr what may change the last bits of a run that is done again, or that goes on. */
export function sayWhatDiffers(before: RunRecord, now: RunMachine): void {
  const [was, is] = [decidesBits(before), decidesBits(now)];
  const differs = Object.keys(is).filter((name) => was[name] !== is[name]);
  if (differs.length === 0) return;
  const list = differs.map((name) => `${name} ${String(is[name])} (was ${String(was[name])})`).join(', ');
  process.stderr.write(`qa-native: the last bits may differ: ${list}.\n`);
}

function decidesBits({
  versions,
  platform,
  cpu_capability: cpu,
  flags,
}: RunMachine): Record<string, unknown> {
  return { ...versions, platform, cpu, threads: flags['threads'] };
}

/** What a run is done on, as it is here. */
export function thisMachine(): RunMachine {
  const { torchVersion, cpuCapability, threads } = runtimeInfo();
  return {
    versions: { 'qa-native': packageVersion(), libtorch: torchVersion, node: process.versions.node },
    platform: `${process.platform}-${process.arch}`,
    cpu_capability: cpuCapability,
    flags: { threads },
  };
}

function hashWeights(model: ReaderModel): string {
  const hash = createHash('sha256');
  for (const [name, parameter] of model.namedParameters()) {
    hash.update(name).update(parameter.toFloat32Array());
  }
  return hash.digest('hex');
}

function hashVocabulary({ vocabulary, options }: BertTokenizer): string {
  return createHash('sha256')
    .update(JSON.stringify([vocabulary, options]))
    .digest('hex');
}
