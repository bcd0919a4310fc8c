// npm run audit [-- vulnerabilities | signatures]: known vulnerabilities of what the image holds, and the signatures of
// all packages, as far as the registry of this machine serves them.
import './lib/run/on-pinned-node.mjs';
import { askNpm, readAudit, readSignatures } from './lib/packages/audit.mjs';

const checks = /** @type {const} */ ([
  ['vulnerabilities', ['audit', '--omit=dev', '--audit-level=high'], readAudit],
  ['signatures', ['audit', 'signatures'], readSignatures],
]);

const chosen = process.argv[2];
for (const [name, args, read] of checks.filter(([each]) => chosen === undefined || chosen === each)) {
  const { findings, notServed } = read(await askNpm(args));
  const summary = notServed === undefined ? `${String(findings.length)} findings` : `not served (${notServed})`;
  process.stdout.write(`${name}: ${summary}\n`);
  for (const finding of findings) process.stdout.write(`  ${finding}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
