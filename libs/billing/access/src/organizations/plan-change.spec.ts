import { expect, test } from 'vitest';
import type { Organization } from './organization.queries.ts';
import { planChange } from './plan-change.ts';

const before: Organization = {
  id: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e',
  name: 'Acme',
  slug: 'acme',
  status: 'active',
  limits: { rows: 5, files: 7 },
  createdAt: new Date(0),
};

test('limits are set, or have their default again, and the others stay', () => {
  expect(planChange(before, { limits: { uploads: 60, rows: 'none' } })).toEqual({
    after: { ...before, limits: { files: 7, uploads: 60 } },
    fields: ['limits.uploads', 'limits.rows'],
    limits: { uploads: 60 },
  });
});

test.each([
  {},
  { name: null, status: null, limits: null },
  { name: 'Acme', status: 'active', limits: { rows: 5, uploads: 'none', files: null } },
] as const)('%j changes nothing', (change) => {
  expect(planChange(before, change)).toEqual({ after: before, fields: [], limits: {} });
});

test('a new name and status are among the fields', () => {
  const { after, fields } = planChange(before, { name: 'Acme Ltda', status: 'closed' });
  expect([after.name, after.status, fields]).toEqual(['Acme Ltda', 'closed', ['name', 'status']]);
});
