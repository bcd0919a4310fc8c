// npm run bench -- NAME [options] [--json]
import './lib/run/on-pinned-node.mjs';
import { parseArgs } from 'node:util';
import { importTool, prepareTools } from './lib/run/dependencies.mjs';
import { messageOf } from './lib/run/errors.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';

/**
 * The benches: the text of each in the usage, and the function that is it. They are loaded after the build, because
 * they use the project as production does.
 * @type {Record<string, { says: string, module: string, entry: string, rows?: number }>}
 */
const benches = {
  pipeline: {
    says: 'a file through the whole system, from upload to the last boleto, against bare SQL',
    module: 'test/bench/pipeline.bench.js',
    entry: 'benchPipeline',
  },
  fairness: {
    says: 'small files sent while a large one is running: how long each takes (--rows of the large one)',
    rows: 300_000,
    module: 'test/bench/fairness.bench.js',
    entry: 'benchFairness',
  },
  plot: {
    says: 'draws docs/performance/*.svg from what `pipeline --save` wrote there',
    module: 'test/bench/plot.bench.js',
    entry: 'plotResults',
  },
  'dead-letters': {
    says: 'very many dead letters: listed, grouped, and replayed by five people at once',
    module: 'test/bench/dead-letters.bench.js',
    entry: 'benchDeadLetters',
  },
  split: {
    says: 'cutting a file into chunks, against a search for its line ends',
    module: 'test/bench/split.bench.js',
    entry: 'benchSplit',
  },
  validate: {
    says: 'bytes of chunks to judged rows, against csv-parse alone',
    module: 'test/bench/validate.bench.js',
    entry: 'benchValidate',
  },
  compose: {
    says: 'numbers of boletos, each bank, against filling in a template',
    module: 'test/bench/compose.bench.js',
    entry: 'benchCompose',
  },
  api: {
    says: 'upload, progress and CSVs over HTTP, against bare servers and a cursor',
    module: 'test/bench/api.bench.js',
    entry: 'benchApi',
  },
  notify: {
    says: 'boletos as e-mails over SMTP, against nodemailer alone with messages that are ready',
    module: 'test/bench/notify.bench.js',
    entry: 'benchNotify',
  },
  pdf: {
    says: 'boletos as PDF: assembled from a template against drawn by pdfkit',
    module: 'test/bench/pdf.bench.js',
    entry: 'benchPdf',
  },
};

const usage = `Usage: npm run bench -- NAME [options]

${Object.entries(benches)
  .map(([name, { says }]) => `  ${name.padEnd(12)} ${says}`)
  .join('\n')}

  --json             the last line on standard output is one JSON object with the result
  --rows N           of the file (default 1100000; fairness: 300000)
  --profile NAME     lenient (default): the yardstick's file; strict: a realistic one
  --runs N           measurements; the result has their medians
pipeline and fairness:
  --validators N     processes of chunk-validator (default 1)
  --generators N     processes of boleto-generator (default 1)
  --skip-floor       without the bare SQL
  --cpu-prof FOLDER  CPU profiles of the apps, and the costliest statements of PostgreSQL
  --keep             holds the last stack up until Ctrl-C
  --save             writes docs/performance/<profile>-<rows>.json
pipeline alone:
  --fast-paths WORD  on (default), or off: chunk-validator without its shortcuts (FAST_PATHS)
  --hash             also prints a hash of what the file leaves in the database: equal for equal content
dead-letters alone:
  --letters N        (default 100000)
api alone:
  --upload-mb N      of the file that is sent with the gateway and without it (default 1000)`;

/** @typedef {import('../test/bench/lib/context.ts').BenchContext} BenchContext */

/** @type {readonly string[]} */
const profiles = ['lenient', 'strict'];
const { bench, json, ...options } = readArguments(process.argv.slice(2));
const log = createLog({ json });
await runScript(log, async (run) => {
  await prepareTools(run, log);
  /** @type {(context: BenchContext) => Promise<{ verified?: boolean }>} */
  const measure = (await importTool(bench.module))[bench.entry];
  const result = await measure({ log, run, options });
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.verified === false ? 1 : 0;
});

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rows: { type: 'string' },
        profile: { type: 'string', default: 'lenient' },
        runs: { type: 'string' },
        validators: { type: 'string', default: '1' },
        generators: { type: 'string', default: '1' },
        'skip-floor': { type: 'boolean', default: false },
        letters: { type: 'string', default: '100000' },
        'upload-mb': { type: 'string', default: '1000' },
        'cpu-prof': { type: 'string' },
        keep: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        'fast-paths': { type: 'string', default: 'on' },
        hash: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) leave(usage, 0);
    const [name = ''] = positionals;
    const found = Object.hasOwn(benches, name) ? benches[name] : undefined;
    if (positionals.length !== 1 || found === undefined) leave(usage, 2);
    if (!profiles.includes(values.profile))
      throw new Error(`--profile is ${profiles.join(' or ')}, not ${values.profile}`);
    if (!['on', 'off'].includes(values['fast-paths']))
      throw new Error(`--fast-paths is on or off, not ${values['fast-paths']}`);
    return {
      bench: found,
      json: values.json,
      profile: /** @type {BenchContext['options']['profile']} */ (values.profile),
      rows: values.rows === undefined ? (found.rows ?? 1_100_000) : wholeNumber('--rows', values.rows),
      runs: values.runs === undefined ? undefined : wholeNumber('--runs', values.runs),
      validators: wholeNumber('--validators', values.validators),
      generators: wholeNumber('--generators', values.generators),
      skipFloor: values['skip-floor'],
      letters: wholeNumber('--letters', values.letters),
      uploadMb: wholeNumber('--upload-mb', values['upload-mb']),
      cpuProf: values['cpu-prof'],
      keep: values.keep,
      save: values.save,
      fastPaths: values['fast-paths'] === 'on',
      hash: values.hash,
    };
  } catch (error) {
    return leave(`${messageOf(error)}\n\n${usage}`, 2);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function wholeNumber(name, text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is a whole number from 1, not ${text}`);
  return value;
}

/**
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function leave(text, code) {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exit(code);
}
