import type { Limits } from './limits.js';
import type { Ratio, Time } from './ratios.js';
import { least, median, most, type Samples } from './samples.js';
import { labels, variants, type Variant } from './variants.js';

/** Rows of cells as lines of Markdown, columns of equal width. */
export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`;
  return [header, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

function show(value: number, unit: Samples['unit']): string {
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(0)} MiB`;
  if (value >= 0.1) return `${value.toFixed(2)} s`;
  return `${(1000 * value).toFixed(value < 0.01 ? 2 : 1)} ms`;
}

function cell(samples: Samples | undefined): string {
  if (samples === undefined) return '';
  const { values, unit } = samples;
  const spread = values.length > 1 ? ` (${show(least(values), unit)} .. ${show(most(values), unit)})` : '';
  return `${show(median(values), unit)}${spread}`;
}

/** A row for each thing, a column for each contestant. */
function tableOf(
  title: string,
  samples: readonly Samples[],
  show: (what: string, name: Variant) => string,
): string {
  const taking: Variant[] = variants.filter((name) => samples.some(({ variant }) => variant === name));
  const things = [...new Set(samples.map(({ what }) => what))];
  return markdown(
    [title, ...taking.map((variant) => labels[variant])],
    things.map((what) => [what, ...taking.map((name) => show(what, name))]),
  );
}

/** Medians, and least and most in brackets. */
export function sampleTable(samples: readonly Samples[]): string {
  return tableOf('median (least .. most)', samples, (what, name) =>
    cell(samples.find((entry) => entry.what === what && entry.variant === name)),
  );
}

/** The same in short: medians, and in brackets how many times less than Python's. */
export function medianTable(samples: readonly Samples[]): string {
  const find = (what: string, name: Variant) =>
    samples.find((entry) => entry.what === what && entry.variant === name);
  const short = (what: string, name: Variant) => {
    const [found, python] = [find(what, name), find(what, 'python')];
    if (found === undefined) return '';
    const value = median(found.values);
    const times = python === undefined ? 1 : median(python.values) / value;
    return `${show(value, found.unit)}${name === 'python' ? '' : ` (${times.toFixed(1)} x)`}`;
  };
  return tableOf('median', samples, short);
}

export function ratioTable(ratios: readonly Ratio[]): string {
  return markdown(
    ['ratio', 'measured', 'to reach', ''],
    ratios.map(({ what, variant, against, measured, ratio, reached, atMost }) => [
      `${what}: ${labels[variant as Variant]} to ${labels[against as Variant]}`,
      `${measured.toFixed(2)} x`,
      `${ratio} x`,
      reached
        ? 'reached'
        : atMost === undefined
          ? 'not reached'
          : `not reached; the machine stops at ${atMost.toFixed(1)} x`,
    ]),
  );
}

/** Nothing where none was asked for. */
export function timeTable(times: readonly Time[]): string {
  if (times.length === 0) return '';
  return markdown(
    ['time', 'measured', 'to stay under', ''],
    times.map(({ what, variant, measured, under, reached }) => [
      `${what}: ${labels[variant as Variant]}`,
      show(measured, 's'),
      show(under, 's'),
      reached ? 'reached' : 'not reached',
    ]),
  );
}

export function limitLine({ float32_gflops, bfloat16_gflops, copy_gbps }: Limits): string {
  return (
    `This machine's limits: a matrix product reaches ${float32_gflops.toFixed(0)} GFLOP/s in float32 and ` +
    `${bfloat16_gflops.toFixed(0)} in bfloat16, a copy ${copy_gbps.toFixed(0)} GB/s.\n`
  );
}
