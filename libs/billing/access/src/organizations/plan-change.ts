import type { OrganizationChange } from '#contracts/http';
import type { Organization } from './organization.queries.ts';

/** A change with what the audit says of it. */
interface PlannedChange {
  readonly after: Organization;
  /** The names of what is another now; those of limits begin with `limits.`. */
  readonly fields: readonly string[];
  /** The limits that were set. One among the fields that is missing here has its default again. */
  readonly limits: Readonly<Record<string, number>>;
}

/** Null, what is absent and what is there already change nothing. */
export function planChange(before: Organization, { name, status, limits }: OrganizationChange): PlannedChange {
  const asked = Object.entries(limits ?? {}).flatMap(([limit, value]) =>
    value === null || value === undefined ? [] : [[limit, value === 'none' ? undefined : value] as const],
  );
  const changed = asked.filter(([limit, value]) => before.limits[limit] !== value);
  const left = new Map<string, number | undefined>([...Object.entries(before.limits), ...changed]);
  const after = {
    ...before,
    name: name ?? before.name,
    status: status ?? before.status,
    limits: numbersOf([...left]),
  };
  return {
    after,
    fields: [
      ...(['name', 'status'] as const).filter((field) => after[field] !== before[field]),
      ...changed.map(([limit]) => `limits.${limit}`),
    ],
    limits: numbersOf(changed),
  };
}

/** The limits that have a number. */
export function numbersOf(
  limits: readonly (readonly [string, number | undefined])[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(limits.flatMap(([limit, value]) => (value === undefined ? [] : [[limit, value]])));
}
