import { z } from 'zod';
import { pageOf, pageQuery } from '../page.ts';
import { byId, type RouteSpec } from '../route-spec.ts';
import {
  anyRole,
  at,
  emailField,
  issuerIdsField,
  linkField,
  nameField,
  passwordField,
  roleField,
  signInStep,
} from './people.schema.ts';

const uuid = z.uuid().meta({ example: '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e' });
const statuses = ['active', 'suspended', 'ended'] as const;
const statusField = z.enum(statuses).meta({ description: 'Only active members may do anything.', example: 'active' });

const userFields = {
  id: uuid,
  name: z.string().meta({ example: 'Ana Prado' }),
  email: z.string().meta({ example: 'ana@example.com' }),
  role: anyRole,
  issuerIds: issuerIdsField,
  status: statusField,
  joinedAt: at('When the person joined.'),
  hasSecondFactor: z.boolean().meta({ description: 'Without one the person may do nothing but add one.' }),
};
const user = z.object(userFields).meta({ id: 'User' });

/** So many keys are named in an answer. An organization has 50 that work, unless its limit is another one. */
export const CUT_KEYS_MAX = 200;

const changedUser = z
  .object({
    ...userFields,
    cutKeys: z
      .array(
        z.object({
          id: uuid,
          name: z.string().meta({ example: 'ERP' }),
          hint: z.string().meta({ example: 'sbk_live_Ab3d…x9Kz' }),
          stops: z
            .boolean()
            .meta({ description: 'It may do nothing any more; otherwise it lost some scopes or issuers.' }),
        }),
      )
      .max(CUT_KEYS_MAX)
      .meta({
        description:
          'The API keys that this person made and that may do less than they were made for. Rotate each one as another ' +
          'admin, or make the person active again.',
      }),
  })
  .meta({ id: 'ChangedUser' });

export type UserView = z.output<typeof user>;
export type ChangedUserView = z.output<typeof changedUser>;

export const userChange = z
  .strictObject({ role: roleField.optional(), issuerIds: issuerIdsField.optional(), status: statusField.optional() })
  .meta({ id: 'UserChange', example: { role: 'biller', issuerIds: null } });

export const peopleListQuery = z.strictObject(pageQuery({ limitMax: 200, limitDefault: 100 }));

export const invitationRequest = z
  .strictObject({ email: emailField, role: roleField, issuerIds: issuerIdsField.default(null) })
  .meta({ id: 'InvitationRequest', example: { email: 'rui@example.com', role: 'viewer' } });

const invitationFields = {
  id: uuid,
  email: z.string().meta({ example: 'rui@example.com' }),
  role: anyRole,
  issuerIds: issuerIdsField,
  createdAt: at('When the invitation was made.'),
  expiresAt: at('It cannot be accepted afterwards.'),
};
const link = z.string().meta({
  description: 'Told once; give it to the person. It works once.',
  example: 'https://billing.example/invitation#Zk3…',
});
const invitation = z.object(invitationFields).meta({ id: 'Invitation' });
const madeInvitation = z.object({ ...invitationFields, link }).meta({ id: 'MadeInvitation' });

export type InvitationView = z.output<typeof invitation>;
export type MadeInvitationView = z.output<typeof madeInvitation>;

export const acceptance = z
  .strictObject({ token: linkField, name: nameField, password: passwordField })
  .meta({ id: 'Acceptance', example: { token: 'Zk3…', name: 'Rui Paz', password: 'correct horse battery staple' } });

const resetLink = z.object({ link, expiresAt: at('It does not work afterwards.') }).meta({ id: 'PasswordResetLink' });
const ended = z.object({ ended: z.int().min(0) }).meta({ id: 'SessionsEnded', example: { ended: 2 } });
const withdrawn = z.object({ withdrawn: z.literal(true) }).meta({ id: 'Withdrawn', example: { withdrawn: true } });

const common = { servedBy: 'billing-api', tag: 'people' } as const;
const reads = { ...common, access: { needs: 'users:manage' } } as const;
const manages = { ...common, access: { needs: 'users:manage', stepUp: true } } as const;

export const userRoutes = {
  'GET /v1/users': {
    ...reads,
    operationId: 'listUsers',
    summary: 'The people of the organization',
    query: peopleListQuery,
    answers: { 200: { description: 'One page, by id', schema: pageOf(user).meta({ id: 'UserPage' }) } },
  },
  'PATCH /v1/users/{id}': {
    ...manages,
    operationId: 'changeUser',
    summary: 'Change the role, the issuers or the status of a person',
    description:
      'It counts from the next request on. Whoever is not active any more is signed out. The API keys that the person ' +
      'made may do no more than the person, within five seconds: cutKeys names those that may do less now.',
    params: byId,
    body: userChange,
    answers: { 200: { description: 'Changed', schema: changedUser } },
    refusals: { 404: ['USER_NOT_FOUND'], 409: ['LAST_ADMIN', 'ROLE_OF_PLATFORM', 'LIMIT_REACHED'] },
  },
  'DELETE /v1/users/{id}/sessions': {
    ...manages,
    operationId: 'signUserOut',
    summary: 'End every session of a person in the organization',
    params: byId,
    answers: { 200: { description: 'How many were ended', schema: ended } },
    refusals: { 404: ['USER_NOT_FOUND'] },
  },
  'POST /v1/users/{id}/password-reset': {
    ...manages,
    operationId: 'makePasswordReset',
    summary: 'Make a link with which a person sets a new password',
    description: 'For half an hour, once. A person with an authenticator app needs its code too.',
    params: byId,
    answers: { 201: { description: 'The link', schema: resetLink } },
    refusals: { 404: ['USER_NOT_FOUND'], 409: ['MEMBER_ELSEWHERE', 'ROLE_OF_PLATFORM'] },
  },
  'GET /v1/invitations': {
    ...reads,
    operationId: 'listInvitations',
    summary: 'Invitations that were not accepted',
    query: peopleListQuery,
    answers: { 200: { description: 'One page, by id', schema: pageOf(invitation).meta({ id: 'InvitationPage' }) } },
  },
  'POST /v1/invitations': {
    ...manages,
    operationId: 'invite',
    summary: 'Invite an address, in place of an invitation that it has',
    body: invitationRequest,
    answers: { 201: { description: 'Invited for seven days', schema: madeInvitation } },
    refusals: { 409: ['ALREADY_MEMBER', 'LIMIT_REACHED'] },
  },
  'POST /v1/invitations/accept': {
    ...common,
    access: { anonymous: 'The link is the proof, before the person has an account.' },
    operationId: 'acceptInvitation',
    summary: 'Make an account for the address that was invited',
    body: acceptance,
    answers: { 200: { description: 'A member now; with a cookie', schema: signInStep } },
    refusals: {
      403: ['MEMBERSHIP_MISSING'],
      404: ['LINK_INVALID'],
      409: ['ACCOUNT_EXISTS', 'ALREADY_MEMBER', 'LIMIT_REACHED'],
      503: ['SIGN_INS_FULL'],
    },
  },
  'DELETE /v1/invitations/{id}': {
    ...manages,
    operationId: 'withdrawInvitation',
    summary: 'Withdraw an invitation',
    params: byId,
    answers: { 200: { description: 'Its link works no more', schema: withdrawn } },
    refusals: { 404: ['INVITATION_NOT_FOUND'] },
  },
} as const satisfies Record<string, RouteSpec>;
