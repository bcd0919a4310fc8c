// npm run ops -- dead-letters|queues|pause|resume|batch|outbox … : what an operator does with a running stack.
// `npm run ops -- --help` has all commands; docs/runbook.md says when to use which.
import './lib/run/on-pinned-node.mjs';
import { runOps } from './lib/ops/ops-cli.mjs';

process.exitCode = await runOps(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
});
