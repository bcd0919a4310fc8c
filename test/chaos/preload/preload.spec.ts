import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

/** Runs a program with a module loaded before it, whose control file says `content`. */
async function preloaded(name: 'clock' | 'dns', content: string, program: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-preload-'));
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
  });
  const file = join(folder, 'control');
  await writeFile(file, content);
  const { stdout } = await run(
    process.execPath,
    [`--import=${new URL(`./${name}.ts`, import.meta.url).href}`, '--input-type=module', '--eval', program],
    { env: { ...process.env, [`CHAOS_${name.toUpperCase()}_FILE`]: file } },
  );
  return JSON.parse(stdout) as unknown;
}

test('every way to read the time is set back by the same amount, and timers are not', async () => {
  const program = `
    await new Promise((resolve) => setTimeout(resolve, 1)); // a timer that follows the clock would wait for an hour
    const dates = [Date.now(), new Date().getTime(), Date.parse(Date())];
    console.log(JSON.stringify({ dates,
      fixed: new Date(5).getTime(), isDate: new Date() instanceof Date, utc: Date.UTC(2020, 0, 1) }));`;
  const real = Date.now();
  const told = (await preloaded('clock', '-3600000', program)) as { dates: number[] };
  expect(told).toMatchObject({ fixed: 5, isDate: true, utc: Date.UTC(2020, 0, 1) });
  for (const date of told.dates) expect(Math.abs(date - (real - 3_600_000))).toBeLessThan(60_000);
});

test.each(['EAI_AGAIN', 'ENOTFOUND'])(
  'a name that must fail fails with %s, and another resolves to this machine',
  async (code) => {
    const program = `
    import { lookup, Resolver } from 'node:dns';
    const ask = (begin) => new Promise((resolve) => begin((error, answer) => resolve(error ? error.code : answer)));
    console.log(JSON.stringify([
      await ask((done) => lookup('broker.chaos.test', done)),
      await ask((done) => lookup('mail.chaos.test', { all: true }, done)),
      await ask((done) => new Resolver().resolve4('broker.chaos.test', done)),
    ]));`;
    expect(await preloaded('dns', JSON.stringify({ 'broker.chaos.test': code }), program)).toEqual([
      code,
      [{ address: '127.0.0.1', family: 4 }],
      code,
    ]);
  },
);
