// Where the parts of a chart stand. Without a browser widths of text are estimates, on the wide side.

/** The least width of the page at which a chart's text is as large as the page's; and one for phones. */
export const chartSizes = { wide: { width: 720, height: 380 }, narrow: { width: 340, height: 320 } } as const;

export type ChartSize = keyof typeof chartSizes;

/** Of a legend: its sign, the gap to the next one, and the height of a line of names. */
const [sign, gap, lineHeight] = [34, 22, 22];

/** What of the width is no plot: the labels of the y axis and the margins. */
const besideThePlot = 60;

/** Pixels of a text in letters of twelve; those of East Asia are as wide as high. */
function textWidth(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter >= '\u2e80' ? 13 : 7), 0);
}

interface LegendRow {
  readonly names: readonly string[];
  readonly top: number;
  /** Where a name alone is longer than the row: the width at which it is broken. */
  readonly broken?: number;
}

/** The rows that names take in a legend, and where the drawing below them begins. */
export function placeLegend(
  names: readonly string[],
  size: ChartSize,
): { readonly rows: readonly LegendRow[]; readonly bottom: number } {
  const room = chartSizes[size].width - sign - gap;
  const rows: { names: string[]; width: number }[] = [];
  for (const name of names) {
    const width = textWidth(name);
    const last = rows.at(-1);
    if (last !== undefined && last.width + gap + sign + width <= room) {
      last.names.push(name);
      last.width += gap + sign + width;
    } else rows.push({ names: [name], width });
  }
  let bottom = 0;
  const placed = rows.map(({ names: own, width }): LegendRow => {
    const top = bottom;
    bottom += lineHeight * Math.ceil(width / room);
    return { names: own, top, ...(width > room ? { broken: room } : {}) };
  });
  return { rows: placed, bottom };
}

/** Whether the names of groups of bars, lines of which end at `\n`, have the room to stand beside each other. */
export function standUpright(names: readonly string[], size: ChartSize): boolean {
  const widest = Math.max(...names.flatMap((name) => name.split('\n')).map(textWidth));
  return names.length * widest <= chartSizes[size].width - besideThePlot;
}

/**
 * How ECharts is told of a legend and of what lies below it.
 * @param unmarked names whose lines have no marks, where ECharts would draw one
 * @param below pixels for the name of the x axis
 */
export function layout(
  names: readonly string[],
  size: ChartSize,
  { color, unmarked, below }: { color: string; unmarked: ReadonlySet<string>; below: number },
) {
  const { rows, bottom } = placeLegend(names, size);
  return {
    legend: rows.map(({ names: own, top, broken }) => ({
      top,
      data: own.map((name) => ({ name, ...(unmarked.has(name) ? { itemStyle: { opacity: 0 } } : {}) })),
      itemWidth: sign,
      itemHeight: 10,
      itemGap: gap,
      textStyle: {
        color,
        ...(broken === undefined ? {} : { width: broken, overflow: 'breakAll' as const }),
      },
    })),
    // Between them the name of the y axis.
    grid: { left: 12, right: 24, top: bottom + 28, bottom: below, containLabel: true },
  };
}
