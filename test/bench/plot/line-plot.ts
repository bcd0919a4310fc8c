// Lines in a coordinate system, as SVG. Small, and only what our plots need.

const WIDTH = 860;
const HEIGHT = 420;
const FRAME = { left: 80, right: 640, top: 54, bottom: 356 };
const COLOURS = ['#1b6ca8', '#c0392b', '#218c5a', '#8e44ad', '#d68910', '#5d6d7e', '#138d90', '#7b241c', '#2c3e50'];
const MARKER_RADIUS = 3.5;
const LEGEND_LINE = 22;

/** How far right, and how far up. */
export type Point = readonly [number, number];

export interface Series {
  readonly name: string;
  /** From left to right. */
  readonly points: readonly Point[];
  readonly dashed?: boolean;
}

interface Plot {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** The horizontal axis always is. */
  readonly yIsLogarithmic: boolean;
  readonly series: readonly Series[];
  /** A line across. */
  readonly limit?: { readonly name: string; readonly y: number };
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

type Attributes = Readonly<Record<string, string | number>>;

export function linePlot({ title, subtitle, xLabel, yLabel, yIsLogarithmic, series, limit }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const highest = [...points.map(([, y]) => y), ...(limit === undefined ? [] : [limit.y])];
  const x = logarithmic(
    points.map(([value]) => value),
    FRAME.left + 24,
    FRAME.right - 24,
  );
  const y = yIsLogarithmic
    ? logarithmic(highest, FRAME.bottom - 16, FRAME.top + 16)
    : linear(highest, FRAME.bottom, FRAME.top);
  const xTicks = [...new Set(points.map(([value]) => value))];
  const body = [
    text(FRAME.left, 24, title, { 'font-size': 17, 'font-weight': 'bold' }),
    text(FRAME.left, 43, subtitle, { 'font-size': 12, fill: '#555' }),
    ...y.ticks.map((value) => gridLine(y.at(value), short(value))),
    ...xTicks.map((value) => text(x.at(value), FRAME.bottom + 20, short(value), { 'text-anchor': 'middle' })),
    text((FRAME.left + FRAME.right) / 2, FRAME.bottom + 44, xLabel, { 'text-anchor': 'middle' }),
    text(0, 0, yLabel, {
      'text-anchor': 'middle',
      transform: `translate(22 ${String((FRAME.top + FRAME.bottom) / 2)}) rotate(-90)`,
    }),
    element('rect', {
      x: FRAME.left,
      y: FRAME.top,
      width: FRAME.right - FRAME.left,
      height: FRAME.bottom - FRAME.top,
      fill: 'none',
      stroke: '#999',
    }),
    ...(limit === undefined ? [] : [limitLine(y.at(limit.y), limit.name)]),
    ...series.flatMap((each, index) => drawn(each, colourOf(index), x, y)),
    ...legend(series),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" width="${String(WIDTH)}" height="${String(HEIGHT)}" font-family="sans-serif" font-size="13" fill="#222">
<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="#fff"/>
${body.join('\n')}
</svg>
`;
}

function drawn({ points, dashed = false }: Series, colour: string, x: Axis, y: Axis): string[] {
  const path = points
    .map(([across, up], at) => `${at === 0 ? 'M' : 'L'}${pixel(x.at(across))} ${pixel(y.at(up))}`)
    .join(' ');
  const stroke = { fill: 'none', stroke: colour, 'stroke-width': 2, ...(dashed ? { 'stroke-dasharray': '6 4' } : {}) };
  const markers = points.map(([across, up]) =>
    element('circle', { cx: pixel(x.at(across)), cy: pixel(y.at(up)), r: MARKER_RADIUS, fill: colour }),
  );
  return [element('path', { d: path, ...stroke }), ...markers];
}

/** The last values stand beside the names, so that a reader need not measure them. */
function legend(series: readonly Series[]): string[] {
  return series.flatMap(({ name, points, dashed = false }, index) => {
    const top = FRAME.top + 14 + index * LEGEND_LINE;
    const left = FRAME.right + 16;
    const last = points.at(-1)?.[1] ?? NaN;
    const stroke = {
      stroke: colourOf(index),
      'stroke-width': 2,
      ...(dashed ? { 'stroke-dasharray': '6 4' } : {}),
    };
    return [
      element('line', { x1: left, y1: top - 4, x2: left + 22, y2: top - 4, ...stroke }),
      text(left + 28, top, `${name}: ${short(last)}`, {}),
    ];
  });
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

function gridLine(y: number, label: string): string {
  const line = element('line', { x1: FRAME.left, y1: pixel(y), x2: FRAME.right, y2: pixel(y), stroke: '#ddd' });
  return `${line}\n${text(FRAME.left - 8, y + 4, label, { 'text-anchor': 'end' })}`;
}

function limitLine(y: number, name: string): string {
  const stroke = { stroke: '#c0392b', 'stroke-dasharray': '3 3' };
  const line = element('line', { x1: FRAME.left, y1: pixel(y), x2: FRAME.right, y2: pixel(y), ...stroke });
  return `${line}\n${text(FRAME.left + 8, y - 6, name, { fill: '#c0392b' })}`;
}

/** From a little below the least value to a little above the greatest, with ticks at 1, 2 and 5 of each decade. */
function logarithmic(values: readonly number[], from: number, to: number): Axis {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  const span = high - low || 1;
  const ticks: number[] = [];
  for (let decade = Math.floor(low); decade <= Math.ceil(high); decade += 1) {
    for (const step of [1, 2, 5]) {
      const value = step * 10 ** decade;
      if (Math.log10(value) >= low - span / 20 && Math.log10(value) <= high + span / 20) ticks.push(value);
    }
  }
  return { at: (value) => from + ((Math.log10(value) - low) / span) * (to - from), ticks };
}

function linear(values: readonly number[], from: number, to: number): Axis {
  const step = niceStep(Math.max(...values) / 5);
  const top = step * Math.ceil((Math.max(...values) * 1.05) / step);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { at: (value) => from + (value / top) * (to - from), ticks };
}

function niceStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((step) => step * decade).find((step) => step >= least) ?? least;
}

function short(value: number): string {
  if (value >= 1_000_000) return `${String(Number((value / 1_000_000).toFixed(1)))} M`;
  if (value >= 10_000) return `${String(Math.round(value / 1_000))} k`;
  return String(Number(value.toPrecision(3)));
}

function text(x: number, y: number, content: string, attributes: Attributes): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${pixel(x)}" y="${pixel(y)}"${listed(attributes)}>${escaped}</text>`;
}

function element(name: string, attributes: Attributes): string {
  return `<${name}${listed(attributes)}/>`;
}

function listed(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${String(value)}"`)
    .join('');
}

function pixel(value: number): string {
  return String(Number(value.toFixed(1)));
}
