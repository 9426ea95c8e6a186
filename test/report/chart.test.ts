import test from 'ava';
import { renderChart } from '../../src/report/chart.js';
import type { Chart } from '../../src/report/section.js';
import { report } from './reports.js';

const charts = report.sections.flatMap(({ blocks }) =>
  blocks.filter(
    (block): block is Chart => typeof block === 'object' && ['lines', 'bars'].includes(block.kind),
  ),
);

test("charts are SVG with a name, in the page's colours alone", (t) => {
  t.is(charts.length, 2);
  for (const chart of charts) {
    const svg = renderChart(chart);
    t.regex(svg, /^<svg role="img" class="wide" aria-label="[^"<>]+" style="width:100%;height:auto"/);
    t.regex(svg, /var\(--series-1\)/);
    t.regex(svg, /var\(--muted\)/);
    t.deepEqual(svg.match(/#0[1-4]0[1-4]0[1-6]/g), null);
    t.false(svg.includes('NaN'));
  }
});

test('names of axes, lines and marks are in the drawing', (t) => {
  const [lines, bars] = charts.map((chart) => renderChart(chart));
  for (const text of ['step', 'loss', 'LSTM', 'Transformer', 'crossing'])
    t.true(lines.includes(`>${text}<`), text);
  for (const text of ['who', 'what', 'F1', 'LSTM']) t.true(bars.includes(`>${text}<`), text);
});

test('the name of a mark stands along its line, where none of its neighbours is', (t) => {
  t.regex(
    renderChart(charts[0]),
    /<text [^>]*transform="(matrix\(0,-1,1,0,|[^"]*rotate\(-90)[^>]*>crossing</,
  );
});

test('a chart drawn twice is the same, and nothing of it changes its colour under a pointer', (t) => {
  for (const chart of charts) {
    const svg = renderChart(chart);
    t.is(renderChart(chart), svg);
    t.notRegex(svg, /:hover|rgba\(/);
  }
});

test('marks differ in shape and take the colour of their line, on any paper', (t) => {
  const points = [
    [1, 2],
    [2, 1],
  ] as const;
  const svg = renderChart({
    kind: 'lines',
    title: 'Loss',
    x: { name: 'step' },
    y: { name: 'loss' },
    lines: ['a', 'b', 'c'].map((name) => ({ name, points })),
  });
  t.false(svg.includes('#fff'));
  for (const place of [1, 2, 3]) t.regex(svg, new RegExp(`fill="var\\(--series-${place}\\)"`));
});

test('a chart is heard with the names in it, whatever they are', (t) => {
  const bars = ['a$&"b', "<c> $'"].map((name) => ({ name, values: [1] }));
  const svg = renderChart({ kind: 'bars', title: 'F1', groups: ['who'], y: { name: 'F1' }, bars });
  t.regex(svg, /^<svg [^>]*aria-label="F1: a\$&amp;&quot;b, &lt;c&gt; \$&#39;" style=/);
});

test('what was fitted is dashed, raw values are faint', (t) => {
  const svg = renderChart(charts[0]);
  t.regex(svg, /stroke-dasharray="6,4"/);
  t.regex(svg, /stroke-opacity="0\.25"/);
});

test('lines of one group share a colour; names are theirs, whatever they look like', (t) => {
  const lines = (...names: readonly { name: string; group?: string }[]) =>
    renderChart({
      kind: 'lines',
      title: 'Loss',
      x: { name: 'step' },
      y: { name: 'loss' },
      lines: names.map((line) => ({ ...line, points: [[1, 2] as const, [2, 1] as const] })),
    });
  const coloursOf = (svg: string) => new Set(svg.match(/var\(--series-\d\)/g)).size;
  t.is(coloursOf(lines({ name: 'bert (a)' }, { name: 'bert (b)' })), 2);
  t.is(coloursOf(lines({ name: 'bert' }, { name: 'bert (fit)', group: 'bert' })), 1);
  t.true(lines({ name: 'zr0-clip #010101' }).includes('>zr0-clip #010101<'));
});
