import { z } from 'zod';
import { ORGANIZATION_STATUSES } from '../../statuses.ts';
import { organizationLimits, type OrganizationLimits } from '../access/limits.ts';
import { pageOf, pageQuery } from '../page.ts';
import { at, emailField } from '../people/people.schema.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import { oneLine } from '../texts.ts';

const NAME_CHARS_MAX = 120;

const uuid = z.uuid().meta({ example: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' });
const name = oneLine().trim().min(1).max(NAME_CHARS_MAX).meta({ example: 'Acme Ltda' });
const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be of a-z, 0-9 and -')
  .meta({ description: 'Its name for commands. It never changes.', example: 'acme' });
const status = z
  .enum(ORGANIZATION_STATUSES)
  .meta({ description: 'Keys and people of one that is not active are refused; what it has sent goes on.' });

const organizationFields = {
  id: uuid,
  name: z.string().meta({ example: 'Acme Ltda' }),
  slug: z.string().meta({ example: 'acme' }),
  status,
  limits: z
    .record(z.string(), z.number())
    .meta({ description: 'Where it differs from the defaults of docs/security.md.', example: { uploads: 60 } }),
  createdAt: at('When it was made.'),
};
const organization = z.object(organizationFields).meta({ id: 'Organization' });

const madeOrganization = z
  .object({
    ...organizationFields,
    invitation: z
      .object({
        id: uuid,
        link: z.string().meta({
          description: 'Told once; give it to the first admin. It works once, for seven days.',
          example: 'https://billing.example/invitation#Zk3…',
        }),
        expiresAt: at('It cannot be accepted afterwards.'),
      })
      .nullable()
      .meta({ description: 'Null without an adminEmail.' }),
  })
  .meta({ id: 'MadeOrganization' });

export type OrganizationView = z.output<typeof organization>;
export type MadeOrganizationView = z.output<typeof madeOrganization>;

export const organizationListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 100 }));

export const organizationRequest = z
  .strictObject({
    name,
    slug,
    limits: organizationLimits.optional(),
    adminEmail: emailField.optional().meta({ description: 'Invites this address as the first admin.' }),
  })
  .meta({ id: 'OrganizationRequest', example: { name: 'Acme Ltda', slug: 'acme', adminEmail: 'ana@example.com' } });

/** The value that gives a limit its default again, as in the command `limits`. */
const NONE = 'none';

const changeOf = (limit: z.ZodInt) => z.union([limit, z.literal(NONE)]).nullish();

/** Every limit that an organization may have of its own, or the word for none. */
const limitChanges = z.strictObject(
  Object.fromEntries(
    Object.entries(organizationLimits.shape).map(([limit, value]) => [limit, changeOf(value.unwrap())]),
  ) as Record<keyof OrganizationLimits, ReturnType<typeof changeOf>>,
);

export const organizationChange = z
  .strictObject({
    name: name.nullish(),
    status: status.nullish(),
    limits: limitChanges.nullish().meta({ description: 'A limit of "none" has its default again.' }),
  })
  .meta({ id: 'OrganizationChange', example: { status: 'suspended', limits: { uploads: 60, rows: 'none' } } });

/** Null and what is absent keep what is there. */
export type OrganizationChange = z.output<typeof organizationChange>;

const common = { servedBy: 'billing-api', tag: 'organizations' } as const;
const manages = { ...common, access: { needs: 'organizations:manage', stepUp: true } } as const;

export const organizationRoutes = {
  'GET /v1/organizations': {
    ...common,
    access: { needs: 'organizations:manage' },
    operationId: 'listOrganizations',
    summary: 'Every organization of the installation',
    query: organizationListQuery,
    answers: {
      200: { description: 'One page, by slug', schema: pageOf(organization).meta({ id: 'OrganizationPage' }) },
    },
  },
  'POST /v1/organizations': {
    ...manages,
    operationId: 'makeOrganization',
    summary: 'Make an organization, and invite its first admin',
    body: organizationRequest,
    answers: { 201: { description: 'Made', schema: madeOrganization } },
    refusals: { 409: ['SLUG_TAKEN'] },
  },
  'PATCH /v1/organizations/{id}': {
    ...manages,
    operationId: 'changeOrganization',
    summary: 'Rename an organization, change its limits, suspend or close it',
    description:
      'Null and what is absent keep what is there. Keys and sessions of an organization that is not active are ' +
      'answered 401, at the latest after five seconds. Files that it has sent are still worked off.',
    params: byId,
    body: organizationChange,
    answers: { 200: { description: 'As it is now', schema: organization } },
    refusals: { 404: ['ORGANIZATION_NOT_FOUND'], 409: ['OWN_ORGANIZATION'] },
  },
} as const satisfies Record<string, RouteSpec>;
