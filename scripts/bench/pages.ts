import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { QaError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/formats/atomic-file.js';
import { renderChart } from '../../src/report/chart.js';
import type { Chart } from '../../src/report/section.js';
import { palette } from '../../src/report/styles.js';
import { packageRoot } from '../../src/setup/paths.js';

// What the bench writes into pages: the text between two marks, and charts as files beside it.

/** The marks between which a part of a page is the bench's: `<!-- name: … -->` and `<!-- /name -->`, a line each. */
function findMarks(page: string, name: string, path: string): { readonly from: number; readonly to: number } {
  const begin = new RegExp(`^<!-- ${name}: .*-->\n`, 'm').exec(page);
  const to = page.indexOf(`<!-- /${name} -->`);
  const from = begin === null ? -1 : begin.index + begin[0].length;
  if (from < 0 || to < from) {
    throw new QaError(
      `Expected the lines <!-- ${name}: … --> and <!-- /${name} --> in ${path}; put them where that part belongs.`,
    );
  }
  return { from, to };
}

/** Puts `text` between a page's marks of that name, in place of what was there; where results go elsewhere, there is no page. */
export async function replacePart(path: string, name: string, text: string): Promise<void> {
  if (!existsSync(path)) return;
  const page = await readFile(path, 'utf8');
  const { from, to } = findMarks(page, name, path);
  const written = `${page.slice(0, from)}\n${text.trim()}\n\n${page.slice(to)}`;
  // As the project's other pages, wherever this one lies.
  const style = await resolveConfig(join(packageRoot, 'README.md'));
  await writeFileAtomic(path, await format(written, { ...style, parser: 'markdown' }));
}

/** A chart as an SVG file that stands by itself, in the report's colours. */
export async function writeChart(path: string, chart: Chart): Promise<void> {
  await writeFileAtomic(path, renderChart(chart).replace('>', `><style>${palette}</style>`));
}
