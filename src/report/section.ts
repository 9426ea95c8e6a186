import { number } from '../counts.js';

// What a report says, apart from how it looks: page.ts makes HTML of it, markdown.ts Markdown.

export interface Axis {
  /** With its unit: `seconds a step`. */
  readonly name: string;
  /** Whether the axis is logarithmic. */
  readonly log?: boolean;
  /** Where it begins; by default the data decide. */
  readonly least?: number;
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Lines of one group belong together, as a fit to its points, and share a colour; by default those of one name. */
  readonly group?: string;
  /**
   * `line` by default; `dashed` for what was fitted, `faint` for the raw values behind a smoothed line, `reference` for
   * what others are held against, which is nobody's figure.
   */
  readonly style?: 'line' | 'dashed' | 'points' | 'faint' | 'reference';
}

/** Lines and points over a number. */
export interface LineChart {
  readonly kind: 'lines';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** Places on the x axis that are named, such as a crossing. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
}

/** Groups of bars over names. */
export interface BarChart {
  readonly kind: 'bars';
  readonly title: string;
  readonly groups: readonly string[];
  readonly y: Axis;
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export type Chart = LineChart | BarChart;

/** What stands in a table; of a figure that is rounded for reading, in full too. */
export type Cell = string | { readonly rounded: string; readonly full: string };

export interface Table {
  readonly kind: 'table';
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** HTML of its own, for what is neither text, table nor chart; Markdown shows `text`. */
export interface Markup {
  readonly kind: 'markup';
  readonly html: string;
  readonly text: string;
}

/** A paragraph, as plain text, or something to look at. */
export type Block = string | Table | Chart | Markup;

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export interface Report {
  readonly title: string;
  /** What it is about, in a sentence or two. */
  readonly intro: string;
  readonly sections: readonly Section[];
}

/** What a chart has a name for in its legend: of a run without a figure here there is nothing to see. */
export function namesOf(chart: Chart): string[] {
  if (chart.kind === 'bars') return chart.bars.map(({ name }) => name);
  return chart.lines
    .filter(({ style, points }) => style !== 'faint' && points.length > 0)
    .map(({ name }) => name);
}

/** A chart's numbers as a table, at most `limit` rows of it, evenly chosen. */
export function chartTable(chart: Chart, limit = 200): Table {
  if (chart.kind === 'bars') {
    const rows = chart.groups.map((group, index) => [
      group,
      ...chart.bars.map(({ values }) => formatNumber(values[index])),
    ]);
    return { kind: 'table', head: ['group', ...chart.bars.map(({ name }) => name)], rows };
  }
  const shown = chart.lines.filter(({ style, points }) => style !== 'reference' && points.length > 0);
  const byX = shown.map(({ points }) => new Map(points));
  const xs = [...new Set(shown.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(xs.length / limit));
  const chosen = xs.filter((_, index) => index % every === 0 || index === xs.length - 1);
  const rows = chosen.map((x) => [
    formatNumber(x),
    ...byX.map((line) => {
      const y = line.get(x);
      return y === undefined ? '' : formatNumber(y);
    }),
  ]);
  return { kind: 'table', head: [chart.x.name, ...shown.map(({ name }) => name)], rows };
}

/** What of a cell is read. */
export function shownOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.rounded;
}

/** Whole numbers with separators, others with four digits that count. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return number(value);
  return Number(value.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 20 });
}
