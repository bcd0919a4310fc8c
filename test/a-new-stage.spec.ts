import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { brokerUsers, queueNames, stageNames } from '#contracts';
import { databaseApps } from '../apps/migrate/src/roles/app-grants.ts';
import { appNames, workerNames } from '../scripts/lib/system/system.mjs';
import { productionFiles, readProject, textsOf } from './docs/statements.ts';

const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Edits that add a stage between issuing and notifying to the contracts: two messages, two queues and the stage. */
const EDITS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'libs/contracts/src/messages.ts': [
    "  'chunk.issued.v1': chunkPart,",
    "  'chunk.issued.v1': chunkPart, 'chunk.registered.v1': chunkPart, 'suspect.issued.v1': chunkPart,",
  ],
  'libs/contracts/src/topology.ts': [
    "    'boleto-generator.exports':",
    `    'registrar.chunks': { consumes: 'chunk.registered.v1', concurrency: 2 },
    'registrar.suspects': { consumes: 'suspect.issued.v1', concurrency: 1, alone: true },
    'boleto-generator.exports':`,
  ],
  'libs/contracts/src/stages.ts': [
    '} as const satisfies Record<string, StageSpec>;',
    `  register: {
    queue: 'registrar.chunks',
    alone: 'registrar.suspects',
    announceAs: 'chunk.registered.v1',
    retryAs: 'suspect.issued.v1',
  },
} as const satisfies Record<string, StageSpec>;`,
  ],
};

/** Production files in which something is said of stages, messages or queues. */
const concerned = productionFiles().filter((file) =>
  /\b(?:Stage|stages|stageNames|mapStages|MessageName|QueueName|AnyMessage)\b/.test(readProject(file)),
);

function compilerOptions(): ts.CompilerOptions {
  const path = join(projectFolder, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, projectFolder, {}, path).options, noEmit: true };
}

/** Files that do not compile when some files of the project are other than they are, with their errors. */
function errorsWith(edits: typeof EDITS): ReadonlyMap<string, readonly string[]> {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const sources = host.getSourceFile.bind(host);
  host.readFile = (file) => editedText(file, read(file), edits);
  host.getSourceFile = (file, language, ...others) => {
    const edited = editedText(file, undefined, edits);
    return edited === undefined ? sources(file, language, ...others) : ts.createSourceFile(file, edited, language);
  };
  const program = ts.createProgram(
    concerned.map((file) => join(projectFolder, file)),
    options,
    host,
  );
  return new Map(
    concerned.flatMap((file) => {
      const source = program.getSourceFile(join(projectFolder, file));
      if (source === undefined) throw new Error(`${file} is not in the program`);
      const errors = program
        .getSemanticDiagnostics(source)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
      return errors.length === 0 ? [] : [[file, errors] as const];
    }),
  );
}

function editedText(file: string, text: string | undefined, edits: typeof EDITS): string | undefined {
  const name = Object.keys(edits).find((each) => file.replaceAll('\\', '/').endsWith(`/${each}`));
  if (name === undefined) return text;
  const [before, after] = edits[name] ?? ['', ''];
  const original = readProject(name);
  if (!original.includes(before)) throw new Error(`${name} has no ${before}`);
  return original.replace(before, after);
}

/** The tables keyed by stage: what a new stage needs to be told of. */
const TABLES = [
  'apps/billing-api/src/batches/batches.queries.ts',
  'apps/billing-api/src/operations/dead-letters/replay/part.queries.ts',
  'apps/billing-api/src/operations/dead-letters/replay/replay-file.ts',
  'apps/dispatcher/src/dead-letters/suspect.ts',
  'apps/dispatcher/src/watchdog/unfinished.queries.ts',
  'libs/contracts/src/http/batches/batches.schema.ts',
];

describe('a stage that is added to libs/contracts', () => {
  let errors: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    errors = errorsWith(EDITS);
  }, 300_000);

  test('does not compile until every table keyed by stages has it', () => {
    expect([...errors.keys()].toSorted()).toEqual(TABLES);
    for (const messages of errors.values()) expect(messages.join(' ')).toContain('register');
  });
});

test('what is not a table of stages goes through the stages, and names none', () => {
  // Handlers do the work of one stage. The mode of a batch is called validate too, so only a comparison counts.
  const switches = productionFiles().filter((file) =>
    new RegExp(String.raw`\bstage\s*[=!]==\s*'(?:${stageNames.join('|')})'|case '(?:${stageNames.join('|')})':`).test(
      readProject(file),
    ),
  );
  expect(switches).toEqual([]);
});

test('SQL names a stage only where a table of stages or the reader of one stage does', () => {
  const pattern = new RegExp(String.raw`\bstage\s*(?:=|in\s*\(|<>)\s*'(?:${stageNames.join('|')})'`);
  const files = productionFiles().filter((file) => textsOf(file).some(({ text }) => pattern.test(text)));
  expect(files).toEqual([
    'apps/billing-api/src/batches/csv/duplicates.queries.ts',
    'apps/billing-api/src/operations/dead-letters/replay/file.queries.ts',
    'apps/dispatcher/src/watchdog/unfinished.queries.ts',
    // Duplicates are found at validating, and read again from the file.
    // Statements of TABLES: what is left at one stage.
  ]);
});

test('every app that a queue belongs to is started by the scripts, killed by chaos, and has a role and a user', () => {
  const apps = new Set(queueNames.map((queue) => queue.split('.')[0]));
  expect(workerNames).toEqual(expect.arrayContaining([...apps]));
  expect(appNames).toEqual(expect.arrayContaining([...workerNames]));
  expect(databaseApps).toEqual(expect.arrayContaining([...apps]));
  expect(Object.keys(brokerUsers)).toEqual(expect.arrayContaining([...apps]));
});
