import { existsSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import yargs from 'yargs';
import type { Example } from '../src/data/examples.js';
import { readExamples } from '../src/data/read-examples.js';
import { QaError, messageOf } from '../src/errors.js';
import { squadMetrics } from '../src/evaluate/metrics.js';
import { Reader } from '../src/reader/reader.js';
import type { ReaderAnswer } from '../src/reader/types.js';
import { longTexts, type LongText } from './long-texts.js';

// Asks a Reader every question of a file, and one about texts of 50,000 characters in each of eight languages. Checks
// that every answer lies where it says and, beside a run of `qa-native eval`, that EM and F1 are the same; prints how
// long this process's event loop was held up meanwhile, which is what a web server would feel.

function requirePlace(name: string, context: string, { text, start, end }: ReaderAnswer): void {
  if (context.slice(start, end) === text) return;
  throw new QaError(
    `Expected "${text}" at [${start}, ${end}) of the context of ${name}, got something else there.`,
  );
}

/** As a web server's clients do: each asks its next question when its last one was answered. */
async function askAll(
  reader: Reader,
  examples: readonly Example[],
  clients: number,
): Promise<Map<string, string>> {
  const predictions = new Map<string, string>();
  const left = examples.values();
  const client = async () => {
    for (const { id, question, context } of left) {
      const answer = await reader.answer(question, context);
      requirePlace(id, context, answer);
      predictions.set(id, answer.text);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return predictions;
}

async function askLong(reader: Reader, texts: readonly LongText[]): Promise<void> {
  await Promise.all(
    texts.map(async ({ language, question, context }) => {
      const { answers, windows } = await reader.read(question, context, { topK: 20 });
      for (const answer of answers) requirePlace(language, context, answer);
      print(
        `${language}: ${context.length} characters, ${windows} windows, ${answers.length} answers in place`,
      );
    }),
  );
}

/** Compares the answers, and EM and F1, with those of the predictions.json that `qa-native eval` left in a folder. */
async function compareWithEval(
  dir: string,
  examples: readonly Example[],
  predictions: ReadonlyMap<string, string>,
): Promise<boolean> {
  const json = JSON.parse(await readFile(join(dir, 'predictions.json'), 'utf8')) as Record<string, string>;
  const theirs = new Map(examples.map(({ id }) => [id, json[id]]));
  const [here, there] = [predictions, theirs].map((each) => squadMetrics(each, examples));
  const others = [...predictions].filter(([id, text]) => theirs.get(id) !== text);
  print(`reader: ${JSON.stringify(here)}, ${others.length} answers other than eval's`);
  print(`eval:   ${JSON.stringify(there)}`);
  return here.exact_match === there.exact_match && here.f1 === there.f1;
}

/** Nanoseconds that this process's main thread has computed so far, and waited for a core, by Linux's count; NaN elsewhere. */
function schedulerCounts(): () => readonly [computed: number, waited: number] {
  const path = `/proc/self/task/${process.pid}/schedstat`;
  if (!existsSync(path)) return () => [NaN, NaN];
  // Read in place: what a look leaves behind every millisecond would have V8 collect it.
  const [file, bytes] = [openSync(path, 'r'), Buffer.alloc(64)];
  return () => {
    const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
    const [computed, waited] = text.split(' ', 2).map(Number);
    return [computed, waited];
  };
}

/**
 * Runs `work` and prints its time, the delays of the event loop under it, and the longest that the thread computed, and that
 * it waited for a core, between two turns: on a busy machine the delays are mostly others' doing.
 */
async function measured<T>(what: string, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const counts = schedulerCounts();
  let before = counts();
  const longest = [0, 0];
  const turns = setInterval(() => {
    const now = counts();
    for (const place of [0, 1] as const) {
      longest[place] = Math.max(longest[place], now[place] - before[place]);
    }
    before = now;
  }, 1);
  const began = performance.now();
  delay.enable();
  // An interval that goes on after a failure would keep the process alive.
  const result = await work().finally(() => {
    delay.disable();
    clearInterval(turns);
  });
  const milliseconds = (nanoseconds: number) => `${(nanoseconds / 1e6).toFixed(1)} ms`;
  const [computing, waiting] = longest.map(milliseconds);
  print(
    `${what}: ${((performance.now() - began) / 1000).toFixed(1)} s; event loop delayed by ` +
      `${milliseconds(delay.percentile(50))} at the median, ${milliseconds(delay.percentile(99.9))} at 99.9 %, ` +
      `${milliseconds(delay.max)} at most; computing for ${computing} at most, waiting for a core for ${waiting}`,
  );
  return result;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<boolean> {
  const args = await yargs(process.argv.slice(2))
    .option('model-dir', { type: 'string', demandOption: true, describe: 'a trained model' })
    .option('validation-file', { type: 'string', demandOption: true, describe: 'questions with answers' })
    .option('eval-dir', {
      type: 'string',
      describe: 'where `qa-native eval` left its results on the same file',
    })
    .option('max-samples', { type: 'number', describe: 'the first N questions' })
    .option('clients', { type: 'number', default: 256, describe: 'how many ask at once' })
    .option('max-seq-length', { type: 'number' })
    .option('doc-stride', { type: 'number' })
    .option('threads', { type: 'number' })
    .option('fast', { type: 'boolean', describe: 'as of `eval`' })
    .option('bf16', { type: 'boolean' })
    .strict()
    .parseAsync();
  const { examples: all } = await readExamples(args.validationFile);
  const examples = all.slice(0, args.maxSamples);
  const { maxSeqLength, docStride, threads, fast, bf16, clients } = args;
  await using reader = await Reader.load(args.modelDir, { maxSeqLength, docStride, threads, fast, bf16 });
  const texts = longTexts(50_000);
  // What the system's other programs cost, the reader cannot be blamed for; nor for V8's collector, which clears away a
  // quarter of a minute later what was read here.
  await measured('nothing', () => sleep(20_000));
  const predictions = await measured(`${examples.length} questions`, () => askAll(reader, examples, clients));
  await measured('long texts', () => askLong(reader, texts));
  return args.evalDir === undefined || (await compareWithEval(args.evalDir, examples, predictions));
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`check-reader: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
