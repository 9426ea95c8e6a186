import { join } from 'node:path';
import { writeJsonAtomic } from '../../src/formats/atomic-file.js';
import { setNumThreads } from '../../src/runtime.js';
import { arithmeticsOf } from './arithmetics.js';
import { resumeScores, type Scores } from './kept-scores.js';
import { describeMachine, describeSoftware, fileName } from './machine.js';
import type { BenchArgs } from './options.js';
import { trainAndScore, type Score } from './score-run.js';
import { scoreTable } from './score-table.js';
import { describeTask, prepareTask } from './score-task.js';
import { writeScorePages } from './scores-page.js';

/** The notebook's, and two more for the spread. */
const seeds = [42, 1, 2];

/**
 * Trains with each arithmetic from each seed, scores the articles that were held out, and writes what came of it into the
 * pages. Each run's score is kept as soon as it is there, so that an interrupted measurement goes on; a seed's runs
 * follow each other, so that it can be compared early.
 */
export async function measureScores(
  args: BenchArgs,
  say = (text: string) => void process.stdout.write(`${text}\n`),
): Promise<void> {
  setNumThreads(args.threads);
  const task = await prepareTask(args);
  const arithmetics = arithmeticsOf(task.device);
  const asked: Scores = {
    machine: describeMachine(task.device),
    software: describeSoftware(),
    settings: describeTask(args, task),
    arithmetics: arithmetics.map(({ name }) => name),
    seeds,
    runs: [],
  };
  const path = join(
    args.outputDir,
    'scores',
    `${fileName(`${asked.settings.model} ${asked.machine.name}`)}.json`,
  );
  let scores = await resumeScores(path, asked);
  for (const seed of seeds) {
    for (const arithmetic of arithmetics) {
      const isDone = (run: Score) => run.seed === seed && run.arithmetic === arithmetic.name;
      if (scores.runs.some(isDone)) continue;
      const score = await trainAndScore(task, arithmetic, seed);
      scores = { ...scores, runs: [...scores.runs, score] };
      await writeJsonAtomic(path, scores);
      const { exact_match, f1 } = score;
      say(`${arithmetic.name}, seed ${seed}: EM ${exact_match.toFixed(2)}, F1 ${f1.toFixed(2)}`);
    }
  }
  say(`\n${scoreTable(scores)}\nWritten to ${path}`);
  await writeScorePages(args.outputDir);
}
