import { countOf, number } from '../counts.js';
import { checkExamples, type CheckReport, type Lengths } from '../data/check-examples.js';
import type { Finding } from '../data/findings.js';
import { readExamples } from '../data/read-examples.js';
import { UsageError } from '../errors.js';
import { resolveDataset } from '../hub/datasets.js';
import { readVocab } from '../data/tokenizer-files.js';
import { cacheDir } from '../setup/paths.js';
import { resolveSettings } from './options.js';
import { openTokenizer, type TokenizerArgs } from './tokenizer-flags.js';

export interface CheckArgs extends TokenizerArgs {
  readonly trainFile: string | undefined;
  readonly dataset: string | undefined;
  readonly version2WithNegative: boolean | undefined;
  readonly json: boolean;
}

/** `qa-native check`: prints what a training file holds and what is wrong with it; exit code 1 where that is an error. */
export async function runCheck(args: CheckArgs): Promise<void> {
  if (args.trainFile === undefined && args.dataset === undefined) {
    throw new UsageError('Expected --train-file or --dataset, but neither came.');
  }
  // What makes no sense should not cost a download.
  resolveSettings({}, { ...args });
  const dataset = await resolveDataset(args, cacheDir(), ['train']);
  const file = dataset.trainFile ?? '';
  const settings = resolveSettings(dataset.settings, { ...args });
  const tokenizer =
    (await openTokenizer(args)) ??
    (dataset.vocabFile === undefined ? undefined : await readVocab(dataset.vocabFile));
  const report = checkExamples(await readExamples(file, { keepDuplicates: true }), tokenizer, {
    ...settings,
    version2WithNegative: args.version2WithNegative ?? dataset.version2WithNegative,
  });
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const findings = report.findings.map((finding) => ({ ...finding, count: finding.ids.length }));
  process.stdout.write(
    args.json
      ? `${JSON.stringify({ file, ...report, findings, ok: errors.length === 0 })}\n`
      : `${describe(file, report)}\n${verdict(report.findings)}\n`,
  );
  if (errors.length > 0) process.exitCode = 1;
}

function describe(file: string, report: CheckReport): string {
  const { questions, contexts, unanswerable, tokens, characters } = report;
  const lines = [
    `${file}: ${countOf(questions, 'question')} about ${countOf(contexts, 'context')}, ${number(unanswerable)} of them without an answer.`,
    ...lengthLines('characters', characters),
    ...(tokens === undefined ? [] : lengthLines('tokens', tokens)),
    windowsLine(report),
    ...report.findings.map(findingLine),
  ];
  return lines.join('\n');
}

function windowsLine({ tokens, windows }: CheckReport): string {
  if (tokens === undefined) return 'Windows were not looked at: give --vocab-file or --model-name-or-path.';
  if (windows === undefined) return 'No question has a window.';
  return `${countOf(windows.total, 'window')}: ${number(windows.least)} to ${number(windows.most)} a question.`;
}

function lengthLines(unit: string, lengths: Lengths): string[] {
  return Object.entries(lengths).flatMap(([name, spread]: [string, Lengths['contexts']]) =>
    spread === undefined
      ? []
      : [
          `  ${name}: ${number(spread.least)} to ${number(spread.most)} ${unit}, half of them up to ${number(spread.median)}`,
        ],
  );
}

const idsShown = 5;

function findingLine({ severity, ids, what, means }: Finding): string {
  const shown = ids.slice(0, idsShown).join(', ');
  const rest = ids.length > idsShown ? `, and ${number(ids.length - idsShown)} more` : '';
  return `${severity}: ${what}: ${number(ids.length)} (${shown}${rest}); ${means}`;
}

function verdict(findings: readonly Finding[]): string {
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has('error')) return 'Training on this file would go wrong.';
  return severities.has('warning') ? 'Training can begin; see the warnings.' : 'Training can begin.';
}
