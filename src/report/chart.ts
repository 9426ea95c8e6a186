import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { init } from 'echarts';
import type { Axis, BarChart, Chart, Line, LineChart } from './section.js';

// Charts as SVG, rendered by ECharts without a browser. Colours are the page's variables, so that they follow its light
// and dark; lines differ in dash and bars in order too, so that nobody has to tell colours apart.

/** The least width of the page at which a chart's text is as large as the page's; and one for phones. */
const chartSizes = { wide: { width: 720, height: 380 }, narrow: { width: 340, height: 320 } } as const;

export type ChartSize = keyof typeof chartSizes;

/** The page's variables, by the colour that stands for each while ECharts draws: it computes with none of them. */
const variables = {
  '#010101': '--ink',
  '#020202': '--muted',
  '#030303': '--rule',
  '#040401': '--series-1',
  '#040402': '--series-2',
  '#040403': '--series-3',
  '#040404': '--series-4',
  '#040405': '--series-5',
  '#040406': '--series-6',
} as const;

const [ink, muted, rule, ...series] = Object.keys(variables);

const dashes = ['solid', [8, 4], [2, 3], [8, 3, 2, 3]] as const;

/** An SVG element of a chart, with its title for those who hear the page; it takes the width there is. */
export function renderChart(chart: Chart, size: ChartSize = 'wide'): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...chartSizes[size] });
  try {
    drawing.setOption(chart.kind === 'lines' ? lineOption(chart, size) : barOption(chart, size));
    return themed(drawing.renderToSVGString(), chart.title, size);
  } finally {
    drawing.dispose();
  }
}

function themed(svg: string, title: string, size: ChartSize): string {
  // How shapes change under a pointer is dropped, as it is in the standing colours. The rest is of tags alone: what lies
  // between them are names, which are not ours.
  const still = svg.replace(/<style ><!\[CDATA\[[^]*?<\/style>\n?/, '');
  const ids = `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${size}-`;
  const coloured = still.replace(/<[^>]*>/g, (tag) => themedTag(tag, ids));
  const label = title.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return coloured.replace(
    /^<svg width="\d+" height="\d+"/,
    `<svg role="img" class="${size}" aria-label="${label}" style="width:100%;height:auto"`,
  );
}

/** A tag in the page's colours. Ids of ECharts count what the process drew: `ids` stands in for the count. */
function themedTag(tag: string, ids: string): string {
  return tag
    .replace(/ class="zr\d+-cls-\d+"/g, '')
    .replace(/\bzr\d+-/g, ids)
    .replace(/#0[1-4]0[1-4]0[1-6]/g, (colour) => {
      const variable = variables[colour as keyof typeof variables] as string | undefined;
      return variable === undefined ? colour : `var(${variable})`;
    });
}

const common = {
  animation: false,
  textStyle: { fontFamily: 'inherit', color: ink },
} as const satisfies EChartsOption;

/** Without a browser widths of text are estimates; the gaps take what they fall short. */
const legend = { top: 0, textStyle: { color: ink }, itemWidth: 34, itemGap: 26 } as const;

/** The legend of some names, in as many rows as it takes, and the drawing below it. */
function layout(names: readonly string[], size: ChartSize) {
  const widths = names.map((name) => legend.itemWidth + legend.itemGap + 8 * name.length);
  let [rows, left] = [1, 0];
  for (const width of widths) {
    if (left > 0 && left + width > chartSizes[size].width) [rows, left] = [rows + 1, 0];
    left += width;
  }
  return {
    legend: { ...legend, data: [...names] },
    grid: { left: 12, right: 24, top: 4 + 40 * rows, bottom: 30, containLabel: true },
  };
}

function axis({ name, log, least }: Axis, vertical: boolean) {
  return {
    name,
    type: log === true ? ('log' as const) : ('value' as const),
    ...(least === undefined ? { scale: true } : { min: least }),
    nameLocation: vertical ? ('end' as const) : ('middle' as const),
    nameGap: vertical ? 12 : 28,
    nameTextStyle: { color: muted, align: vertical ? ('left' as const) : ('center' as const) },
    axisLabel: { color: muted },
    axisLine: { show: !vertical, lineStyle: { color: muted } },
    splitLine: { show: vertical, lineStyle: { color: rule } },
  };
}

function lineOption({ x, y, lines, marks = [] }: LineChart, size: ChartSize): EChartsOption {
  const drawn = lines.map((line, index) => drawLine(line, index, lines));
  const [first] = drawn;
  if (first !== undefined && marks.length > 0) {
    first.markLine = {
      symbol: 'none',
      silent: true,
      lineStyle: { color: muted, type: 'dotted' },
      label: { color: ink, formatter: '{b}' },
      data: marks.map((mark) => ({ name: mark.name, xAxis: mark.x })),
    };
  }
  return {
    ...common,
    ...layout(
      lines.filter(({ style }) => style !== 'faint').map(({ name }) => name),
      size,
    ),
    xAxis: axis(x, false),
    yAxis: axis(y, true),
    series: drawn,
  };
}

function drawLine(line: Line, index: number, all: readonly Line[]): LineSeriesOption | ScatterSeriesOption {
  const { name, points, style = 'line' } = line;
  const place = [...new Set(all.map(groupOf))].indexOf(groupOf(line));
  const color = series[place % series.length];
  const data = points.map(([x, y]) => [x, y]);
  if (style === 'points') return { type: 'scatter', name, data, symbolSize: 8, itemStyle: { color } };
  const dash = style === 'dashed' ? [6, 4] : [...asList(dashes[place % dashes.length])];
  const faint = style === 'faint';
  return {
    type: 'line',
    name: faint ? `${name} (raw ${index})` : name,
    data,
    showSymbol: points.length <= 20 && !faint && style !== 'dashed',
    symbolSize: 7,
    itemStyle: { color },
    lineStyle: {
      color,
      width: faint ? 1 : 2,
      opacity: faint ? 0.25 : 1,
      type: faint || dash.length === 0 ? 'solid' : dash,
    },
  };
}

function groupOf({ name, group = name }: Line): string {
  return group;
}

/** A dash as ECharts takes it; nothing for a solid line. */
function asList(dash: (typeof dashes)[number]): readonly number[] {
  return dash === 'solid' ? [] : dash;
}

/** Names of groups that stand beside each other without being turned. */
const mostUpright = { wide: 8, narrow: 4 } as const;

function barOption({ groups, y, bars }: BarChart, size: ChartSize): EChartsOption {
  return {
    ...common,
    ...layout(
      bars.map(({ name }) => name),
      size,
    ),
    xAxis: {
      type: 'category',
      data: [...groups],
      axisLabel: {
        color: muted,
        interval: 0,
        rotate: groups.length > mostUpright[size] ? (size === 'wide' ? 30 : 60) : 0,
        // What is said of a group in parentheses goes below its name.
        formatter: (name: string) => name.replace(/ (?=\()/, '\n'),
      },
      axisLine: { lineStyle: { color: muted } },
      axisTick: { show: false },
    },
    yAxis: axis({ least: 0, ...y }, true),
    series: bars.map(({ name, values }, index) => ({
      type: 'bar',
      name,
      data: [...values],
      barMaxWidth: 34,
      itemStyle: { color: series[index % series.length] },
    })),
  };
}
