import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { brokerUsers } from '#contracts';
import {
  appGrants,
  databaseApps,
  roleOf,
  type Grants,
  type TableGrants,
} from '../../apps/migrate/src/roles/app-grants.ts';

const page = fileURLToPath(new URL('../../docs/roles.md', import.meta.url));

const INTRODUCTION = `# Roles of the database and users of the broker

This page is made from \`apps/migrate/src/roles/app-grants.ts\` and \`libs/contracts/src/broker-users.ts\`
(\`npx vitest run --project unit test/docs/roles-doc.spec.ts -u\`). [ADR 47](adr/0047-each-app-has-its-own-role.md) says why.

\`migrate\` grants exactly this and revokes everything else. No role is a superuser, owns a table, truncates one, or deletes
debts, debtors or boletos. The update of a key is a row lock: a trigger refuses to change it.

## Database
`;

const BROKER = `
## Broker

A pattern is a regular expression for the names of exchanges and queues. The gateway and the two APIs have no user. The
user \`monitor\` has none of these rights and the tag \`monitoring\`: billing-api asks it for the depths of queues.
`;

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function pattern(expression: string): string {
  return `\`${expression.replaceAll('|', '\\|')}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

function tick(granted: boolean | undefined): string {
  return granted === true ? '✓' : '';
}

function row(name: string, { select, insert, update = [], delete: remove, usage }: TableGrants): readonly string[] {
  const columns = update.map((column) => `\`${column}\``).join(', ');
  return [`\`${name}\`${usage === true ? ' (sequence)' : ''}`, tick(select), tick(insert), tick(remove), columns];
}

function rowsOf(grants: Grants): readonly (readonly string[])[] {
  return Object.entries(grants)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, granted]) => row(name, granted));
}

test('docs/roles.md shows the grants and users as the code has them (vitest run … -u writes it anew)', async () => {
  const text = [
    INTRODUCTION,
    ...databaseApps.map(
      (app) =>
        `### ${app}: \`${roleOf(app)}\`\n\n${table(['table or view', 'select', 'insert', 'delete', 'update'], rowsOf(appGrants[app]))}\n`,
    ),
    BROKER,
    table(
      ['user', 'configure', 'write', 'read'],
      Object.entries(brokerUsers).map(([user, { configure, write, read }]) => [
        `\`${user}\``,
        pattern(configure),
        pattern(write),
        pattern(read),
      ]),
    ),
    '',
  ].join('\n');
  const formatted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
  await expect(formatted).toMatchFileSnapshot(page);
});
