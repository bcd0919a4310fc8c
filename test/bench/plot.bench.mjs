// Pictures of what `npm run bench -- pipeline --save` wrote: time and memory against rows.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectFolder } from '../../scripts/lib/run/paths.mjs';
import { readJson } from '../../scripts/lib/run/run.mjs';
import { UserError } from '../../scripts/lib/run/user-error.mjs';
import { linePlot } from './plot/line-plot.mjs';

const folder = join(projectFolder, 'docs', 'performance');
const MEMORY_LIMIT_MIB = 300;

/**
 * @param {{ log: import('../../scripts/lib/run/log.mjs').Log }} context
 * @returns {{ written: string[] }} paths in the project
 */
export function plotResults({ log }) {
  const results = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /^(lenient|strict)-\d+\.json$/.test(name))
    .map((name) => readJson(join(folder, name)))
    .toSorted((a, b) => a.rows - b.rows);
  if (results.length === 0) throw new UserError('Nothing to draw: run `npm run bench -- pipeline --save` first');
  const written = [
    write('time.svg', timePlot(results)),
    ...['lenient', 'strict'].flatMap((profile) => {
      const own = results.filter((result) => result.profile === profile);
      return own.length === 0 ? [] : [write(`memory-${profile}.svg`, memoryPlot(own, profile))];
    }),
  ];
  for (const path of written) log.info(path);
  return { written };
}

function timePlot(results) {
  const lines = ['lenient', 'strict'].flatMap((profile) => {
    const own = results.filter((result) => result.profile === profile);
    const withFloor = own.filter(({ floorSeconds }) => floorSeconds !== null);
    return [
      { name: `${profile}, issued`, points: own.map(({ rows, seconds }) => [rows, seconds.issued]) },
      {
        name: `${profile}, bare SQL`,
        points: withFloor.map(({ rows, floorSeconds }) => [rows, floorSeconds]),
        dashed: true,
      },
    ].filter(({ points }) => points.length > 0);
  });
  return linePlot({
    title: 'From the POST to the last boleto committed',
    subtitle: subtitleOf(results),
    xLabel: 'rows in the file',
    yLabel: 'seconds',
    yIsLogarithmic: true,
    series: lines,
  });
}

function memoryPlot(results, profile) {
  const apps = Object.keys(results.at(-1).rssMb);
  return linePlot({
    title: `Peak memory of each process, ${profile} file`,
    subtitle: subtitleOf(results),
    xLabel: 'rows in the file',
    yLabel: 'MiB (VmHWM)',
    yIsLogarithmic: false,
    series: apps.map((app) => ({
      name: app,
      points: results.filter(({ rssMb }) => rssMb[app] !== undefined).map(({ rows, rssMb }) => [rows, rssMb[app]]),
    })),
    limit: { name: 'promised', y: MEMORY_LIMIT_MIB },
  });
}

function subtitleOf(results) {
  const { date, machine } = results.at(-1);
  return `${date}, ${machine}`;
}

function write(name, svg) {
  const path = join(folder, name);
  writeFileSync(path, svg);
  return relative(projectFolder, path);
}
