import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from './paths.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { isAlive, startTimeOf } from './processes.mjs';
import { until } from './wait.mjs';

const hook = JSON.stringify(new URL('on-pinned-node.mjs', import.meta.url).href);

/** A script that hands over to the pinned Node.js: this process pretends to be of another version. */
function start(body: string, args: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'pinned-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const preload = join(folder, 'older.cjs');
  const script = join(folder, 'script.mjs');
  writeFileSync(
    preload,
    `if (process.env['SMART_BILLING_HANDED_OVER'] === undefined)
       Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });`,
  );
  writeFileSync(script, `import ${hook};\n${body}`);
  const child = spawn(process.execPath, ['--require', preload, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { child, output: () => output, exited: once(child, 'exit') as Promise<[number | null, string | null]> };
}

test('one version is pinned: for packages, image, and types', () => {
  const { version } = pinnedNode();
  const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
    engines: { node: string };
    optionalDependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  expect(Object.values(manifest.optionalDependencies)).toEqual([version, version]);
  const major = version.split('.')[0];
  expect(manifest.engines.node).toBe(`>=${String(major)}`);
  expect(manifest.devDependencies['@types/node']).toMatch(new RegExp(`^${String(major)}\\.`));
  const dockerfile = readFileSync(join(projectFolder, 'Dockerfile'), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toEqual(Array(2).fill(`node:${version}-bookworm-slim`));
});

test('these tests run on the pinned Node.js', () => {
  expect(process.versions.node).toBe(pinnedNode().version);
});

test('a script started with an older Node.js continues on the pinned one with its arguments', async () => {
  const { output, exited } = start(
    `console.log(process.version, process.argv.slice(2).join(' '), process.env['SMART_BILLING_HANDED_OVER']);
     process.exitCode = 7;`,
    ['--json', 'a file.csv'],
  );
  expect(await exited).toEqual([7, null]);
  expect(output()).toBe(`v${pinnedNode().version} --json a file.csv undefined\n`);
});

test('a signal to the first process reaches the second once', async () => {
  const { child, output, exited } = start(
    `let count = 0;
     process.on('SIGINT', () => { count += 1; console.log('signal', count); setTimeout(() => process.exit(130), 300); });
     console.log('ready');
     setInterval(() => {}, 1000);`,
  );
  await until(() => output().includes('ready'), { timeoutMs: 30_000, what: 'the second process' });
  child.kill('SIGINT');
  expect(await exited).toEqual([130, null]);
  expect(output()).toBe('ready\nsignal 1\n');
});

test('the second process stops when the first one is killed', async () => {
  const { child, output, exited } = start(`console.log(process.pid); setInterval(() => {}, 1000);`);
  await until(() => output().endsWith('\n'), { timeoutMs: 30_000, what: 'the second process' });
  const second = { pid: Number(output()), startTime: startTimeOf(Number(output())) };
  expect(isAlive(second)).toBe(true);
  child.kill('SIGKILL');
  await exited;
  await until(() => !isAlive(second), { timeoutMs: 30_000, what: 'the end of the second process' });
});
