/**
 * Permissions by plane. A permission of the plane *organization* reaches what one organization owns; one
 * of the plane *platform* reaches what all share: stages, the outbox, organizations.
 */
const planes = {
  'batches:read': 'organization',
  'batches:write': 'organization',
  'boletos:read': 'organization',
  'boletos:write': 'organization',
  'exports:read': 'organization',
  'exports:write': 'organization',
  'rejections:read': 'organization',
  'uploads:read': 'organization',
  'debtors:pii': 'organization',
  'issuers:read': 'organization',
  'issuers:write': 'organization',
  'issuers:approve': 'organization',
  'deadletters:read': 'both',
  'deadletters:act': 'both',
  'stages:read': 'platform',
  'stages:act': 'platform',
  'outbox:read': 'platform',
  'organizations:manage': 'platform',
  'keys:manage': 'organization',
  'users:manage': 'organization',
  'org:manage': 'organization',
  'audit:read': 'both',
} as const satisfies Record<string, 'organization' | 'platform' | 'both'>;

export type Permission = keyof typeof planes;

export const permissions = Object.keys(planes) as readonly Permission[];

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(planes, text);
}

/** Whose things a permission reaches. */
export function planeOf(permission: Permission): 'organization' | 'platform' | 'both' {
  return planes[permission];
}

const READ = ['batches:read', 'boletos:read', 'exports:read', 'issuers:read'] as const satisfies readonly Permission[];
const WRITE = [
  'batches:write',
  'boletos:write',
  'exports:write',
  'rejections:read',
  'uploads:read',
] as const satisfies readonly Permission[];
const OPERATE = ['deadletters:read', 'deadletters:act'] as const satisfies readonly Permission[];

/** The permissions of the people of each role. A role names no other role: the whole list stands in one place. */
export const rolePermissions = {
  viewer: READ,
  biller: [...READ, ...WRITE, 'debtors:pii'],
  operator: [...READ, ...WRITE, ...OPERATE],
  admin: [
    ...READ,
    ...WRITE,
    ...OPERATE,
    'debtors:pii',
    'issuers:write',
    'issuers:approve',
    'keys:manage',
    'users:manage',
    'org:manage',
    'audit:read',
  ],
  auditor: [...READ, 'debtors:pii', 'deadletters:read', 'audit:read'],
  platform: [...OPERATE, 'stages:read', 'stages:act', 'outbox:read', 'organizations:manage', 'audit:read'],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof rolePermissions;

export const roles = Object.keys(rolePermissions) as readonly Role[];

/** Keys manage neither keys nor people: a stolen key must not make itself permanent. */
const PEOPLE_ALONE: ReadonlySet<Permission> = new Set(['keys:manage', 'users:manage', 'org:manage', 'issuers:approve']);

/** The permissions that a key may be given. */
export const keyPermissions: readonly Permission[] = permissions.filter((each) => !PEOPLE_ALONE.has(each));
