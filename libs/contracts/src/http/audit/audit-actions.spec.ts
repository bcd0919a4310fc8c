import { expect, test } from 'vitest';
import { auditActions } from './audit-actions.ts';

// audit_events_action_named of the schema.
test.each(Object.keys(auditActions))('%s has the form of an action', (name) => {
  expect(name).toMatch(/^[a-z]+(?:\.[a-zA-Z]+)+$/);
  expect(name.length).toBeLessThanOrEqual(60);
});
