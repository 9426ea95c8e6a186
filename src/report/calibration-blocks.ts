import type { Example } from '../data/examples.js';
import { scoreAnswer } from '../evaluate/answer-score.js';
import { calibrate } from '../evaluate/calibration.js';
import type { RunFolder } from './run-folder.js';
import type { Block, Table } from './section.js';

const ranges = 10;

/** How sure the answers of runs are, and how many of those are right: in all, by probability, and how many there are. */
export function calibrationBlocks(
  runs: readonly Pick<RunFolder, 'name' | 'answers'>[],
  examples: readonly Example[],
): Block[] {
  const results = runs.map(({ name, answers }) => {
    const judged = examples.flatMap((example) => {
      const answer = answers.get(example.id);
      if (answer === undefined) return [];
      const correct = scoreAnswer(answer.text, example.answers).exactMatch === 1;
      return [{ probability: answer.probability, correct }];
    });
    return { name, judged, ...calibrate(judged, ranges) };
  });
  const starts = [...Array(ranges).keys()].map((index) => index / ranges);
  return [
    'The calibration error is the distance of probability and exact match in ranges of a tenth, by the answers in each ' +
      '(expected calibration error): 0 where the answers are right as often as they are sure, 1 at worst.',
    inAll(results),
    {
      kind: 'lines',
      title: 'Exact match by the probability of the answer',
      x: { name: 'mean probability of the answers in a range', least: 0 },
      y: { name: 'part of them that match exactly', least: 0 },
      lines: [
        ...results.map(({ name, bins }) => ({
          name,
          points: bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const),
        })),
        {
          name: 'as sure as right',
          points: [
            [0, 0],
            [1, 1],
          ] as const,
          style: 'reference' as const,
        },
      ],
    },
    {
      kind: 'bars',
      title: 'How many answers there are of each probability',
      groups: starts.map((from) => `${from}–${(from * ranges + 1) / ranges}`),
      y: { name: 'answers' },
      bars: results.map(({ name, bins }) => ({
        name,
        values: starts.map((start) => bins.find(({ from }) => from === start)?.answers ?? 0),
      })),
    },
  ];
}

interface Judged {
  readonly name: string;
  readonly judged: readonly { readonly probability: number; readonly correct: boolean }[];
  readonly expectedCalibrationError: number;
}

/** A row for each run; the verdict is of the figures as they are shown. */
function inAll(results: readonly Judged[]): Table {
  return {
    kind: 'table',
    head: ['run', 'mean probability', 'exact match', 'calibration error', 'in all'],
    rows: results.map(({ name, judged, expectedCalibrationError }) => {
      const mean = (read: (answer: (typeof judged)[number]) => number) =>
        (judged.reduce((sum, answer) => sum + read(answer), 0) / judged.length).toFixed(3);
      const [sure, right] = [mean(({ probability }) => probability), mean(({ correct }) => Number(correct))];
      const verdict =
        sure === right
          ? 'as sure as right'
          : Number(sure) > Number(right)
            ? 'surer than right'
            : 'less sure than right';
      return [name, sure, right, expectedCalibrationError.toFixed(3), verdict];
    }),
  };
}
