import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { init } from 'echarts';
import { chartSizes, layout, standUpright, type ChartSize } from './chart-layout.js';
import { escapeHtml } from './html.js';
import { namesOf, type Axis, type BarChart, type Chart, type Line, type LineChart } from './section.js';

// Charts as SVG, rendered by ECharts without a browser. Colours are the page's variables, so that they follow its light
// and dark; lines differ in dash and mark and bars in order too, so that nobody has to tell colours apart.

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
/** Circle, square, triangle and diamond; ECharts' own would be stretched in a legend. */
const symbols = [
  'circle',
  'path://M0 0h10v10H0z',
  'path://M5 0L10 9H0z',
  'path://M5 0L10 5L5 10L0 5z',
] as const;

/** Lines of more points than this have no mark at each. */
const mostMarked = 20;

/** An SVG element of a chart, with its title and names for those who hear the page; it takes the width there is. */
export function renderChart(chart: Chart, size: ChartSize = 'wide'): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...chartSizes[size] });
  try {
    drawing.setOption(chart.kind === 'lines' ? lineOption(chart, size) : barOption(chart, size));
    return themed(drawing.renderToSVGString(), chart, size);
  } finally {
    drawing.dispose();
  }
}

function themed(svg: string, chart: Chart, size: ChartSize): string {
  // How shapes change under a pointer is dropped, as it is in the standing colours. The rest is of tags alone: what lies
  // between them are names, which are not ours.
  const still = svg.replace(/<style ><!\[CDATA\[[^]*?<\/style>\n?/, '');
  const ids = `${chart.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${size}-`;
  const coloured = still.replace(/<[^>]*>/g, (tag) => themedTag(tag, ids));
  const label = escapeHtml(`${chart.title}: ${namesOf(chart).join(', ')}`);
  const opening = `<svg role="img" class="${size}" aria-label="${label}" style="width:100%;height:auto"`;
  return coloured.replace(/^<svg width="\d+" height="\d+"/, () => opening);
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

function lineOption(chart: LineChart, size: ChartSize): EChartsOption {
  const { x, y, lines, marks = [] } = chart;
  const drawn = lines.map((line, index) => drawLine(line, index, lines));
  const unmarked = new Set(lines.filter((line) => !isMarked(line)).map(({ name }) => name));
  const [first] = drawn;
  if (first !== undefined && marks.length > 0) {
    first.markLine = {
      symbol: 'none',
      silent: true,
      lineStyle: { color: muted, type: 'dotted' },
      // Along its line: above it would stand the name of the axis, or of another mark.
      label: { color: ink, formatter: '{b}', position: 'insideEndTop' },
      data: marks.map((mark) => ({ name: mark.name, xAxis: mark.x })),
    };
  }
  return {
    ...common,
    ...layout(namesOf(chart), size, { color: ink, unmarked, below: 30 }),
    xAxis: axis(x, false),
    yAxis: axis(y, true),
    series: drawn,
  };
}

function drawLine(line: Line, index: number, all: readonly Line[]): LineSeriesOption | ScatterSeriesOption {
  const { name, points, style = 'line' } = line;
  const place = [...new Set(all.map(groupOf))].indexOf(groupOf(line));
  const color = style === 'reference' ? muted : series[place % series.length];
  const data = points.map(([x, y]) => [x, y]);
  const symbol = symbols[place % symbols.length];
  if (style === 'points') return { type: 'scatter', name, data, symbol, symbolSize: 8, itemStyle: { color } };
  const marked = isMarked(line);
  const faint = style === 'faint';
  return {
    type: 'line',
    name: faint ? `${name} (raw ${index})` : name,
    data,
    symbol: marked ? symbol : 'none',
    showSymbol: marked,
    symbolSize: 7,
    itemStyle: { color },
    lineStyle: { color, width: faint ? 1 : 2, opacity: faint ? 0.25 : 1, type: dashOf(style, place) },
  };
}

function isMarked({ style = 'line', points }: Line): boolean {
  return style === 'points' || (style === 'line' && points.length <= mostMarked);
}

function dashOf(style: Line['style'], place: number): 'solid' | number[] {
  if (style === 'faint') return 'solid';
  const dash = style === 'line' ? dashes[place % dashes.length] : ([6, 4] as const);
  return dash === 'solid' ? dash : [...dash];
}

function groupOf({ name, group = name }: Line): string {
  return group;
}

function barOption(chart: BarChart, size: ChartSize): EChartsOption {
  const { groups, y, bars } = chart;
  // What is said of a group in parentheses goes below its name.
  const names = groups.map((group) => group.replace(/ (?=\()/, '\n'));
  return {
    ...common,
    ...layout(namesOf(chart), size, { color: ink, unmarked: new Set(), below: 6 }),
    xAxis: {
      type: 'category',
      data: names,
      axisLabel: {
        color: muted,
        interval: 0,
        rotate: standUpright(names, size) ? 0 : size === 'wide' ? 30 : 60,
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
