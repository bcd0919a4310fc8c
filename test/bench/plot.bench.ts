// Pictures of what `npm run bench -- pipeline --save` wrote: time and memory against rows.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectFolder } from '#scripts/lib/run/paths.mjs';
import { readJson } from '#scripts/lib/run/run.mjs';
import { UserError } from '#scripts/lib/run/user-error.mjs';
import { profiles, type BenchContext, type Profile } from './lib/context.ts';
import type { Saved } from './pipeline.bench.ts';
import { linePlot, type Point, type Series } from './plot/line-plot.ts';

const folder = join(projectFolder, 'docs', 'performance');
const MEMORY_LIMIT_MIB = 300;

/** @returns paths in the project */
export function plotResults({ log }: BenchContext): { written: string[] } {
  const results = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /^(lenient|strict)-\d+\.json$/.test(name))
    .map((name) => readJson(join(folder, name)) as Saved)
    .toSorted((a, b) => a.rows - b.rows);
  if (results.length === 0) throw new UserError('Nothing to draw: run `npm run bench -- pipeline --save` first');
  const written = [
    write('time.svg', timePlot(results)),
    ...profiles.flatMap((profile) => {
      const own = results.filter((result) => result.profile === profile);
      return own.length === 0 ? [] : [write(`memory-${profile}.svg`, memoryPlot(own, profile))];
    }),
  ];
  for (const path of written) log.info(path);
  return { written };
}

function timePlot(results: readonly Saved[]): string {
  const lines = profiles.flatMap((profile): Series[] => {
    const own = results.filter((result) => result.profile === profile);
    const withFloor = own.flatMap(({ rows, floorSeconds }): Point[] =>
      floorSeconds === null ? [] : [[rows, floorSeconds]],
    );
    return [
      {
        name: `${profile}, issued`,
        points: own.map(({ rows, seconds }): Point => [rows, seconds.issued]),
      },
      {
        name: `${profile}, bare SQL`,
        points: withFloor,
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

function memoryPlot(results: readonly Saved[], profile: Profile): string {
  const apps = Object.keys(results.at(-1)?.rssMb ?? {});
  return linePlot({
    title: `Peak memory of each process, ${profile} file`,
    subtitle: subtitleOf(results),
    xLabel: 'rows in the file',
    yLabel: 'MiB (VmHWM)',
    yIsLogarithmic: false,
    series: apps.map((app) => ({
      name: app,
      points: results.flatMap(({ rows, rssMb }): Point[] => {
        const peak = rssMb[app];
        return peak === undefined ? [] : [[rows, peak]];
      }),
    })),
    limit: { name: 'promised', y: MEMORY_LIMIT_MIB },
  });
}

function subtitleOf(results: readonly Saved[]): string {
  const last = results.at(-1);
  return last === undefined ? '' : `${last.date}, ${last.machine}`;
}

function write(name: string, svg: string): string {
  const path = join(folder, name);
  writeFileSync(path, svg);
  return relative(projectFolder, path);
}
