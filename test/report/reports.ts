import type { Report } from '../../src/report/section.js';

/** A report with every kind of block, and text that would be markup if it were not escaped. */
export const report: Report = {
  title: 'Runs <b>compared</b>',
  intro: 'What & why: "all".',
  sections: [
    {
      heading: 'Loss',
      blocks: [
        'A line of *text*.',
        {
          kind: 'lines',
          title: 'Loss <by> step',
          x: { name: 'step' },
          y: { name: 'loss' },
          lines: [
            {
              name: 'LSTM',
              points: [
                [1, 5],
                [2, 4.25],
                [3, 4],
              ],
            },
            {
              name: 'LSTM, each step',
              group: 'LSTM',
              points: [
                [1, 5.5],
                [2, 4],
                [3, 4.5],
              ],
              style: 'faint',
            },
            {
              name: 'Transformer',
              points: [
                [1, 5],
                [3, 3],
              ],
              style: 'points',
            },
            {
              name: 'Transformer (fit)',
              group: 'Transformer',
              points: [
                [1, 5],
                [3, 3],
              ],
              style: 'dashed',
            },
          ],
          marks: [{ x: 2, name: 'crossing' }],
        },
      ],
    },
    {
      heading: 'Scores',
      blocks: [
        {
          kind: 'table',
          head: ['model', 'F1'],
          rows: [
            ['LSTM | one', '11.50'],
            ['<script>alert(1)</script>', '10.59'],
          ],
        },
        {
          kind: 'bars',
          title: 'F1 by question word',
          groups: ['who', 'what'],
          y: { name: 'F1' },
          bars: [
            { name: 'LSTM', values: [12, 9.5] },
            { name: 'Transformer', values: [11, 8] },
          ],
        },
      ],
    },
  ],
};
