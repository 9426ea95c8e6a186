import { renderChart } from './chart.js';
import { html, Html } from './html.js';
import {
  chartTable,
  shownOf,
  type Block,
  type Cell,
  type Chart,
  type Report,
  type Section,
  type Table,
} from './section.js';
import { styles } from './styles.js';

/** A report as one HTML file that asks for nothing else. */
export function renderPage({ title, intro, sections }: Report): string {
  const links = sections.map(
    (section, index) => html`<li><a href="#section-${index + 1}">${section.heading}</a></li>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(styles)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>${intro}</p>
          <nav aria-label="Sections">
            <ol>
              ${links}
            </ol>
          </nav>
        </header>
        <main>${sections.map(renderSection)}</main>
      </body>
    </html> `.source;
}

function renderSection({ heading, blocks }: Section, index: number): Html {
  const id = `section-${index + 1}`;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${blocks.map((block) => renderBlock(block, heading))}
  </section>`;
}

function renderBlock(block: Block, heading: string): Html {
  if (typeof block === 'string') return html`<p>${block}</p>`;
  switch (block.kind) {
    case 'table':
      return renderTable(block, heading);
    case 'markup':
      return new Html(block.html);
    default:
      return renderFigure(block);
  }
}

function renderFigure(chart: Chart): Html {
  return html`<figure>
    <figcaption>${chart.title}</figcaption>
    ${new Html(renderChart(chart, 'wide'))}${new Html(renderChart(chart, 'narrow'))}
    <details>
      <summary>The numbers</summary>
      ${renderTable(chartTable(chart), `The numbers of ${chart.title}`)}
    </details>
  </figure>`;
}

const isFigure = (text: string) => /^[-+−\d(]/.test(text);

/** A table that scrolls by itself where it is wider than the page; what scrolls must be reachable by keyboard. */
function renderTable({ head, rows }: Table, label: string): Html {
  // All of a column stands where its figures do, also its name and what is no figure.
  const hasFigures = head.map(
    (_, column) => column > 0 && rows.some((row) => isFigure(shownOf(row[column] ?? ''))),
  );
  const alignment = (column: number, text: string) =>
    hasFigures[column] ? new Html(isFigure(text) ? 'class="number"' : 'class="number words"') : '';
  const name = (text: string, column: number) =>
    html`<th scope="col" ${alignment(column, text)}>${text}</th>`;
  const inFull = (cell: Cell) => (typeof cell === 'string' ? '' : html`title="${cell.full}"`);
  const figure = (cell: Cell, column: number) =>
    html`<td ${alignment(column, shownOf(cell))} ${inFull(cell)}>${shownOf(cell)}</td>`;
  const line = ([first, ...cells]: readonly Cell[]) =>
    html`<tr>
      <th scope="row">${shownOf(first)}</th>
      ${cells.map((cell, index) => figure(cell, index + 1))}
    </tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${head.map(name)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div>`;
}
