import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../run/paths.mjs';
import { readAudit, readSignatures } from './audit.mjs';

const ADVISORY = {
  id: 1,
  url: 'https://advisories.example/1',
  title: 'planted: any text runs as code',
  vulnerable_versions: '*',
  cwe: [],
  cvss: { score: 9.8, vectorString: null },
};

/** A registry that serves no packages, and advisories as given: none at all is 405. */
async function registry(severity: string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    if (severity === undefined || request.url !== '/-/npm/v1/security/advisories/bulk') {
      response.writeHead(severity === undefined ? 405 : 404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ pg: [{ ...ADVISORY, severity }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port.toString()}/`;
}

async function audited(url: string): Promise<{ readonly code: unknown; readonly output: string }> {
  const cache = mkdtempSync(join(tmpdir(), 'audit-')); // npm remembers advisories
  onTestFinished(() => {
    rmSync(cache, { recursive: true, force: true });
  });
  const child = spawn(process.execPath, [join(projectFolder, 'scripts', 'audit.mjs'), 'vulnerabilities'], {
    env: { ...process.env, npm_config_registry: url, npm_config_cache: cache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const output = await text(child.stdout);
  return { code: (await exited)[0], output };
}

test.each(['high', 'critical'])('a package of the image with a %s advisory fails npm run audit', async (severity) => {
  const { code, output } = await audited(await registry(severity));

  expect(output).toBe(
    `vulnerabilities: 1 findings\n  pg: ${severity}: planted: any text runs as code (https://advisories.example/1)\n`,
  );
  expect(code).toBe(1);
});

test('a registry that serves no advisories passes, and the output says so', async () => {
  const { code, output } = await audited(await registry(undefined));

  expect(output).toBe('vulnerabilities: not served (the registry answers 405)\n');
  expect(code).toBe(0);
});

test('an advisory below high passes', () => {
  const vulnerabilities = { pg: { via: ['pg-pool', { name: 'pg', severity: 'moderate', title: 't', url: 'u' }] } };
  expect(readAudit({ auditReportVersion: 2, vulnerabilities })).toEqual({ findings: [] });
});

test('a failure of npm that is no absent service is a finding', () => {
  expect(readAudit({ error: { code: 'ENOLOCK', summary: 'no lock file' } }).findings).toEqual([
    'npm failed: no lock file',
  ]);
  expect(readAudit({ statusCode: 500, message: '500' }).findings).toEqual(['npm failed: 500']);
});

test('a wrong signature is a finding, and a service that is not reached is not served', () => {
  expect(readSignatures({ invalid: [{ name: 'pg', version: '1.0.0' }] }).findings).toHaveLength(1);
  expect(readSignatures({ error: { code: 'ENOTFOUND' } })).toEqual({ findings: [], notServed: 'ENOTFOUND' });
});
