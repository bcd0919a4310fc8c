import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import {
  keyPermissions,
  permissions,
  planeOf,
  rolePermissions,
  roles,
  routes,
  type Permission,
  type RouteAccess,
} from '#contracts/http';

const page = fileURLToPath(new URL('../../docs/permissions.md', import.meta.url));

const INTRODUCTION = `# Permissions

This page is made from \`libs/contracts/src/http\` (\`npx vitest run --project unit test/docs/permissions-doc.spec.ts -u\`).
A permission of the plane *organization* reaches what the caller's organization owns, one of the plane *platform* what
all share. A key has the permissions that it was given, and never those that manage keys and people.
`;

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function mark(isGiven: boolean): string {
  return isGiven ? '✓' : '–';
}

function roleRow(permission: Permission): readonly string[] {
  const given = roles.map((role) => (rolePermissions[role] as readonly Permission[]).includes(permission));
  return [`\`${permission}\``, planeOf(permission), ...given.map(mark), mark(keyPermissions.includes(permission))];
}

function demandOf(access: RouteAccess): string {
  if ('anonymous' in access) return `none: ${access.anonymous}`;
  const needs = access.needs === 'session' ? 'a person that has signed in' : `\`${access.needs}\``;
  return access.stepUp === true ? `${needs}, signed in during the last ten minutes` : needs;
}

test('docs/permissions.md shows the permissions as the code has them (vitest run … -u writes it anew)', async () => {
  const text = [
    INTRODUCTION,
    '## Roles\n',
    table(['permission', 'plane', ...roles, 'a key may have it'], permissions.map(roleRow)),
    '\n## Routes\n',
    table(
      ['route', 'needs'],
      Object.entries(routes).map(([key, { access }]) => [`\`${key}\``, demandOf(access)]),
    ),
    '',
  ].join('\n');
  const formatted = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
  await expect(formatted).toMatchFileSnapshot(page);
});

test('every route that changes something needs a permission that a viewer has not', () => {
  const viewer: readonly Permission[] = rolePermissions.viewer;
  const open = Object.entries(routes).filter(
    ([key, { access }]: readonly [string, { readonly access: RouteAccess }]) =>
      !key.startsWith('GET ') &&
      !('anonymous' in access) &&
      access.needs !== 'session' &&
      viewer.includes(access.needs),
  );

  expect(open.map(([key]) => key)).toEqual([]);
});
