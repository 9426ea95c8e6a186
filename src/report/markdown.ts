import { chartTable, shownOf, type Block, type Cell, type Report, type Table } from './section.js';

/** A report as GitHub's Markdown; of a chart its numbers, some rows of them. */
export function renderMarkdown({ title, intro, sections }: Report): string {
  const parts = sections.flatMap(({ heading, blocks }) => [
    `## ${escapeText(heading)}`,
    ...blocks.map(renderBlock),
  ]);
  return `${[`# ${escapeText(title)}`, escapeText(intro), ...parts].join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  if (typeof block === 'string') return escapeText(block);
  switch (block.kind) {
    case 'table':
      return renderTable(block);
    case 'markup':
      return escapeText(block.text);
    default:
      return `**${escapeText(block.title)}**\n\n${renderTable(chartTable(block, 20))}`;
  }
}

function renderTable({ head, rows }: Table): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(shownOf).map(escapeText).join(' | ')} |`;
  const isFigure = head.map((_, column) =>
    rows.every((row) => /^([-+−\d(]|$)/.test(shownOf(row[column] ?? ''))),
  );
  const rule = `| ${isFigure.map((figure) => (figure ? '--:' : '---')).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Text whose marks mean nothing to Markdown. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
