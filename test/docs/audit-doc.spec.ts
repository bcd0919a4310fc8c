import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { auditActions } from '#contracts/http';

const page = fileURLToPath(new URL('../../docs/audit-events.md', import.meta.url));

const INTRODUCTION = `# Events of the audit

This page is made from \`libs/contracts/src/http/audit\` (\`npx vitest run --project unit test/docs/audit-doc.spec.ts -u\`).
Every event also has its time, its organization, the key or person that acted, the network and the request id. What it
is for: [security.md](security.md#audit).

| action | says | done to | details |
| --- | --- | --- | --- |
`;

test('docs/audit-events.md lists every action as the code has it (vitest run … -u writes it anew)', async () => {
  const rows = Object.entries(auditActions).map(([name, { says, targets, details }]) => {
    const fields = Object.keys(details.shape).map((field) => `\`${field}\``);
    return `| \`${name}\` | ${says} | ${targets.join(', ')} | ${fields.join(', ') || '–'} |`;
  });
  const text = `${INTRODUCTION}${rows.join('\n')}\n`;
  const formatted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
  await expect(formatted).toMatchFileSnapshot(page);
});
