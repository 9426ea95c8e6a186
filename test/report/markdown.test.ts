import test from 'ava';
import { renderMarkdown } from '../../src/report/markdown.js';
import { report } from './reports.js';

test('a report as Markdown: headings, tables, the numbers of charts, and nothing that the text turns into markup', (t) => {
  const text = renderMarkdown(report);
  t.true(text.startsWith('# Runs \\<b\\>compared\\</b\\>\n\n'));
  t.true(text.includes('\n## Scores\n\n| model | F1 |\n| --- | --: |\n| LSTM \\| one | 11.50 |\n'));
  t.true(text.includes('| \\<script\\>alert(1)\\</script\\> | 10.59 |'));
  t.true(
    text.includes(
      '**Loss \\<by\\> step**\n\n| step | LSTM | LSTM, each step | Transformer | Transformer (fit) |',
    ),
  );
  t.true(text.includes('A line of \\*text\\*.'));
});
