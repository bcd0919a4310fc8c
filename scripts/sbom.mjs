// npm run sbom [-- --out FILE]: the list of every package in the image, as CycloneDX, compared with the lock file.
import './lib/run/on-pinned-node.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { imagePackages, missingIn, namedIn } from './lib/packages/sbom.mjs';
import { findProgram, run } from './lib/run/commands.mjs';
import { localFolder, projectFolder } from './lib/run/paths.mjs';
import { UserError } from './lib/run/user-error.mjs';

/** No dependency of the project: it is needed once a release, and brings a hundred packages. */
const TOOL = '@cyclonedx/cyclonedx-npm@6.0.1';
const TOOL_MS_MAX = 180_000;

const { values } = parseArgs({ options: { out: { type: 'string', default: join(localFolder, 'bom.json') } } });
const npx = findProgram('npx');
if (npx === undefined) throw new UserError('npx not found: install Node.js with npm, then run this again');
const args = ['--yes', TOOL, '--omit', 'dev', '--output-reproducible', '--output-file', values.out];
const { code, output } = await run(npx, args, { cwd: projectFolder, timeoutMs: TOOL_MS_MAX });
if (code !== 0) {
  process.stderr.write(`${TOOL} failed:\n${output}\n`);
  process.exit(1);
}
const bom = JSON.parse(readFileSync(values.out, 'utf8'));
const lock = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'));
const missing = missingIn(bom, imagePackages(lock));
process.stdout.write(`${String(namedIn(bom).length)} components, ${String(missing.length)} missing: ${values.out}\n`);
for (const each of missing) process.stdout.write(`  ${each}\n`);
if (missing.length > 0) process.exitCode = 1;
