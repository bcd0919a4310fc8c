import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from './log.mjs';
import { isAlive, startTimeOf } from './processes.mjs';
import { cleanStaleRuns, Run } from './run.mjs';
import { until } from './wait.mjs';

const forever = ['-e', 'setInterval(() => {}, 1000)'];

function createRun() {
  const run = new Run();
  onTestFinished(async () => {
    await run.stop();
    rmSync(run.folder, { recursive: true, force: true });
  });
  return run;
}

test('stopping ends every process and removes what was temporary, once', async () => {
  const run = createRun();
  const child = run.spawn('app', process.execPath, forever);
  const record = { pid: child.pid, startTime: startTimeOf(child.pid) };
  run.addTemporary(join(run.folder, 'logs'));
  expect(isAlive(record)).toBe(true);

  await Promise.all([run.stop(), run.stop()]);
  expect(isAlive(record)).toBe(false);
  expect(existsSync(join(run.folder, 'logs'))).toBe(false);
  expect(() => run.spawn('late', process.execPath, forever)).toThrow('the local stack is stopping');
});

test('a program that does not exist ends with its reason in the log', async () => {
  const child = createRun().spawn('absent', '/no/such/program', []);
  expect(await child.exited).toBeNull();
  expect(child.tail()).toContain('ENOENT');
});

test('the next run ends the processes that a killed run left behind', async () => {
  const script = `
    const { Run } = await import(${JSON.stringify(new URL('run.mjs', import.meta.url).href)});
    const run = new Run();
    run.spawn('app', process.execPath, ${JSON.stringify(forever)});
    process.stdout.write(run.folder);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const folder = output.toString();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { children } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    children: { pid: number; startTime: string }[];
  };
  expect(children.map(isAlive)).toEqual([true]);

  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await cleanStaleRuns(createLog({ quiet: true }));
  await until(() => !children.some(isAlive), { timeoutMs: 5000, what: 'the orphan' });
  expect(existsSync(join(folder, 'run.json'))).toBe(false);
});

test('a pid that now belongs to another process is left alone', () => {
  expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
  expect(isAlive({ pid: process.pid, startTime: startTimeOf(process.pid) })).toBe(true);
});
