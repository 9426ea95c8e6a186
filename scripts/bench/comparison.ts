import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { writeJsonAtomic } from '../../src/formats/atomic-file.js';
import { cacheDir } from '../../src/setup/paths.js';
import { randomLogits } from '../random-logits.js';
import { referencePython } from '../reference-python.js';
import { describeAnswers, measureAnswers } from './answers.js';
import { bestOf, measureLimits, type BatchShape } from './limits.js';
import { describeMachine, describeSoftware } from './machine.js';
import { settingsOf, type BenchArgs } from './options.js';
import { paceOf } from './pace.js';
import { compare, compareTimes } from './ratios.js';
import { writeResultPages } from './results-page.js';
import { measureModel } from './rounds.js';
import { SampleBook, summarize } from './samples.js';
import { measureHelp } from './start-up.js';
import { limitLine, ratioTable, sampleTable, timeTable } from './table.js';
import { cpuTargets, cudaTargets } from './targets.js';
import { variants } from './variants.js';

/** Measures all contestants on all models, prints the tables and writes `results/<machine>.json`. */
export async function compareContestants(args: BenchArgs, folder: string): Promise<void> {
  const python = referencePython(cacheDir(), args.python);
  const settings = settingsOf(args);
  const { max_seq_length: maxSeqLength, doc_stride: docStride } = settings;
  const { examples } = await readExamples(args.trainFile);
  const taken = examples.slice(0, settings.max_train_samples ?? undefined);
  const features = prepareFeatures(taken, await readVocab(args.vocabFile), { maxSeqLength, docStride });
  const batch: BatchShape = {
    lengths: features.map(({ inputIds }) => inputIds.length),
    batchSize: settings.batch_size,
    maxSeqLength,
  };
  const logits = join(folder, 'logits.f32');
  writeFileSync(logits, randomLogits('random', taken, features, maxSeqLength).flat);

  const before = measureLimits(python, args.threads, args.device);
  const book = new SampleBook();
  measureHelp(python, book, args.quick ? 2 : 5);
  const isCpu = args.device === 'cpu';
  const targets = isCpu ? cpuTargets : cudaTargets;
  const pace = paceOf(args.device, args.quick);
  const rounds = args.steps ?? pace.rounds;
  for (const model of args.models.split(',')) {
    process.stdout.write(`Measuring ${model}\n`);
    await measureModel(model, book, { python, variants, logits, settings, ...pace, rounds });
  }

  const answers = isCpu ? await measureAnswers(args, taken) : [];
  const limits = bestOf(before, measureLimits(python, args.threads, args.device));
  const samples = book.all();
  const ratios = compare(targets.ratios, samples, batch, limits);
  const times = compareTimes(targets.times, samples);
  process.stdout.write(
    `\n${limitLine(limits)}\n${sampleTable(samples)}\n${ratioTable(ratios)}\n${timeTable(times)}${describeAnswers(answers)}`,
  );
  const machine = describeMachine(args.device);
  const path = join(args.outputDir, 'results', `${machine.name}${args.quick ? '-quick' : ''}.json`);
  await writeJsonAtomic(path, {
    date: new Date().toISOString(),
    machine,
    software: describeSoftware(),
    settings: {
      device: args.device,
      threads: args.threads,
      batch_size: settings.batch_size,
      max_seq_length: maxSeqLength,
      features: features.length,
    },
    limits,
    measurements: samples.map(summarize),
    ratios,
    times,
    answers,
  });
  if (!args.quick) await writeResultPages(args.outputDir);
  process.stdout.write(`\nWritten to ${path}\n`);
}
