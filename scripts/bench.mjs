// npm run bench -- pdf [--json]
import { parseArgs } from 'node:util';
import { prepareProject } from './lib/dependencies.mjs';
import { createLog } from './lib/log.mjs';
import { runScript } from './lib/main.mjs';

const usage = `Usage: npm run bench -- pdf [--json]

  pdf      boletos as PDF: assembled from a template against drawn by pdfkit
  --json   the last line on standard output is one JSON object with the result`;

/** What there is to measure. Loaded when the project is built: they use it as production does. */
const benches = {
  pdf: async (log) => (await import('../test/bench/pdf.bench.mjs')).benchPdf(log),
};

const options = readArguments(process.argv.slice(2));
const log = createLog({ json: options.json });
await runScript(log, async (run) => {
  await prepareProject(run, log);
  const result = await benches[options.bench](log);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  return 0;
});

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) leave(usage, 0);
    const [bench] = positionals;
    if (positionals.length !== 1 || !Object.hasOwn(benches, bench)) leave(usage, 2);
    return { ...values, bench };
  } catch (error) {
    return leave(`${error.message}\n\n${usage}`, 2);
  }
}

function leave(text, code) {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exit(code);
}
