import { fragment } from '#database';

/*
 * Whose rows a statement finds. Every statement of an HTTP app has one of these conditions, and gets their parameters
 * from `scope` of its TenantDb. Row policies ask the same again (apps/migrate/src/roles).
 */

/** A batch `b` is of the caller's organization, and of an issuer that the caller may act for. */
export const OWN_BATCH = fragment`
  (b.organization_id = ${'organizationId'}::uuid
   and (${'issuerIds'}::uuid[] is null or b.issuer_id = any(${'issuerIds'}::uuid[])))`;

/** An issuer `i` is of the caller's organization, and one that the caller may act for. */
export const OWN_ISSUER = fragment`
  (i.organization_id = ${'organizationId'}::uuid
   and (${'issuerIds'}::uuid[] is null or i.id = any(${'issuerIds'}::uuid[])))`;

/** For operators: a batch `b` that is the caller's, or any batch for a caller of the platform. */
export const OPERATED_BATCH = fragment`(${'everywhere'}::boolean or ${OWN_BATCH})`;

/**
 * For operators: a dead letter `l` of a batch that is the caller's. A letter of no batch is for a caller of the
 * platform alone.
 */
export const OPERATED_LETTER = fragment`
  (${'everywhere'}::boolean
   or (l.organization_id = ${'organizationId'}::uuid
       and (${'issuerIds'}::uuid[] is null
            or l.batch_id in (select id from batches where issuer_id = any(${'issuerIds'}::uuid[])))))`;
