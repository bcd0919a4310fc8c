import { recordAudit, type AuditActor } from '#audit';
import type { OrganizationChange, OrganizationLimits } from '#contracts/http';
import type { Tx } from '#database';
import { insertOrganization, lockOrganization, updateOrganization, type Organization } from './organization.queries.ts';
import { numbersOf, planChange } from './plan-change.ts';

/** A new organization, and the invitation of its first admin, if there is one. */
interface NewOrganization {
  readonly name: string;
  readonly slug: string;
  readonly limits?: OrganizationLimits | undefined;
  readonly invitationId?: string | undefined;
}

/**
 * Makes an organization, and puts it on record.
 * @throws the violation of organizations_slug_once for a slug that is taken
 */
export async function createOrganization(
  tx: Tx,
  { name, slug, limits = {}, invitationId }: NewOrganization,
  actor: AuditActor,
): Promise<Organization> {
  const made = await insertOrganization(tx, { name, slug, limits: numbersOf(Object.entries(limits)) });
  await recordAudit(tx, actor, {
    action: 'organization.created',
    target: { kind: 'organization', id: made.id },
    details: { ...limitsOf(made.limits), ...(invitationId === undefined ? {} : { invitationId }) },
  });
  return made;
}

/** Changes an organization, and puts on record what is another now. Undefined if there is none with that id. */
export async function changeOrganization(
  tx: Tx,
  { id, change }: { readonly id: string; readonly change: OrganizationChange },
  actor: AuditActor,
): Promise<Organization | undefined> {
  const before = await lockOrganization(tx, id);
  if (before === undefined) return undefined;
  const { after, fields, limits } = planChange(before, change);
  if (fields.length === 0) return before;
  await updateOrganization(tx, after);
  await recordAudit(tx, actor, {
    action: 'organization.changed',
    target: { kind: 'organization', id },
    details: {
      fields: [...fields],
      ...(fields.includes('status') ? { status: after.status } : {}),
      ...limitsOf(limits),
    },
  });
  return after;
}

function limitsOf(limits: Readonly<Record<string, number>>): { readonly limits?: Record<string, number> } {
  return Object.keys(limits).length === 0 ? {} : { limits: { ...limits } };
}
