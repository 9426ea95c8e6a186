import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { notebookSettings } from '../../src/cli/options.js';
import { readScores, type Scores } from './kept-scores.js';
import { replacePart } from './pages.js';
import { completeSeeds, f1Of, rangeOf, scoreTable } from './score-table.js';

const count = (value: number) => value.toLocaleString('en');

/** Where and how the scores were measured, so that nobody takes them for those of a long training. */
function describeSettings({ machine, software, settings }: Scores): string {
  const { model, train_file: file, num_train_epochs: epochs, warmup_ratio: warmup } = settings;
  const notebook = notebookSettings;
  const batch = `${settings.batch_size} x ${settings.max_seq_length}`;
  return (
    `Trained from ${model} on ${count(settings.questions)} questions of ${settings.articles} articles of ${file}: ` +
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${count(settings.steps)} steps of ${batch}, ` +
    `learning rate ${settings.learning_rate}, warmup ratio ${warmup} (the notebook: ${notebook.numTrainEpochs} epochs, ` +
    `${notebook.perDeviceTrainBatchSize} x ${notebook.maxSeqLength}, ${notebook.learningRate}, ${notebook.warmupRatio}). ` +
    `Scored on ${count(settings.held_out_questions)} questions of ${settings.held_out_articles} other articles; ` +
    `${machine.gpu ?? machine.processor}, torch ${software.torch}.`
  );
}

/** A line for each arithmetic but the default: whether its mean differs by more than the default's seeds do. */
export function compareScores(scores: Scores): string[] {
  const seeds = completeSeeds(scores).length;
  if (seeds === 0) return [];
  const usual = f1Of(scores, 'default');
  const own = rangeOf(usual);
  return scores.arithmetics
    .filter((name) => name !== 'default')
    .map((name) => {
      const { mean } = f1Of(scores, name);
      const difference = Math.abs(mean - usual.mean);
      const verdict =
        seeds === 1
          ? 'one seed does not tell whether that is more than chance'
          : difference <= own
            ? `within the ${own.toFixed(2)} points by which the default's own seeds differ`
            : `more than the ${own.toFixed(2)} points by which the default's own seeds differ`;
      return (
        `- **${name}**: a mean F1 of ${mean.toFixed(2)}, ${difference.toFixed(2)} points ` +
        `${mean < usual.mean ? 'below' : 'above'} the default's ${usual.mean.toFixed(2)}, ${verdict}.`
      );
    });
}

/** All of a file of scores as Markdown. */
export function scoresMarkdown(scores: Scores): string {
  const missing = scores.seeds.length - completeSeeds(scores).length;
  return [
    describeSettings(scores),
    scoreTable(scores).trim(),
    compareScores(scores).join('\n'),
    ...(missing > 0 ? [`Of ${scores.seeds.length} seeds, ${missing} are not measured yet.`] : []),
  ].join('\n\n');
}

/** The means in one sentence. */
export function shortScores(scores: Scores): string[] {
  const seeds = completeSeeds(scores).length;
  if (seeds === 0) return [];
  const { model, questions, held_out_questions: heldOut } = scores.settings;
  const means = scores.arithmetics.map((name) => `${name} ${f1Of(scores, name).mean.toFixed(2)}`);
  return [
    `Mean F1 of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, trained from ${model} on ${count(questions)} questions and scored on ` +
      `${count(heldOut)} about other articles: ${means.join(', ')}; where the default's seeds differ by ` +
      `${rangeOf(f1Of(scores, 'default')).toFixed(2)} ([each of them](bench/README.md#what-the-flags-score)).`,
  ];
}

/** Writes what was measured into `folder/README.md` and, in short, into the package's front page, where that lies above. */
export async function writeScorePages(folder: string): Promise<void> {
  const files = (await readdir(join(folder, 'scores'))).filter((name) => name.endsWith('.json')).sort();
  const all = await Promise.all(files.map((name) => readScores(join(folder, 'scores', name))));
  const pages = [
    { path: join(folder, 'README.md'), text: all.map(scoresMarkdown) },
    { path: join(folder, '..', 'README.md'), text: all.flatMap(shortScores) },
  ];
  for (const { path, text } of pages) {
    await replacePart(path, 'scores', text.join('\n\n'));
  }
}
