import { z } from 'zod';
import { Role, WorkingRole } from '../../access/roles.ts';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';
import { WebOrigins } from './web-origin.ts';

/** Shortest password (NIST SP 800-63B asks for 15 where it is the only factor, and 8 at the least). */
export const PASSWORD_LENGTH = { least: 12, most: 200 };

/** An address, compared without regard to case. */
export const Email = z.email().max(254);

/** A password as it is chosen. */
export const Password = z.string().min(PASSWORD_LENGTH.least).max(PASSWORD_LENGTH.most);

/** A person. */
export const User = z.object({
  id: idSchema('user'),
  email: z.string().nullable(),
  name: z.string(),
  createdAt: z.iso.datetime(),
});

export const UserChange = z.strictObject({ name: nameSchema(200).optional() });

/** An organisation, and what the person who asks is in it. */
export const Organization = z.object({
  id: idSchema('organization'),
  name: z.string(),
  role: Role,
  allowedOrigins: WebOrigins.describe('Origins whose pages may use the API with keys and tokens of the organisation'),
  createdAt: z.iso.datetime(),
});

/** What a change of an organisation builds on: the same for everybody in it. */
export function organizationState({ name, allowedOrigins }: Pick<Organization, 'name' | 'allowedOrigins'>) {
  return [name, allowedOrigins];
}

export const OrganizationInput = z.strictObject({ name: nameSchema(200) });

export const OrganizationChange = z.strictObject({
  name: nameSchema(200).optional(),
  allowedOrigins: WebOrigins.optional().describe('All of them: one that is left out is allowed no more'),
});

/** A person in an organisation or in a project. */
export const Member = z.object({ user: User, role: Role, since: z.iso.datetime() });

/** What a change of a role builds on: the person's own name is none. */
export function memberState({ role, since }: Pick<Member, 'role' | 'since'>) {
  return [role, since];
}

export const MemberChange = z.strictObject({ role: Role });

export const ProjectMemberChange = z.strictObject({ role: WorkingRole });

const invitedTo = idSchema('project').describe(
  'The one project that a guest is invited to: there they have the role, in the organisation none',
);

export const InvitationInput = z.strictObject({
  email: Email,
  role: WorkingRole.default('viewer'),
  projectId: invitedTo.optional(),
});

/** An invitation into an organisation. */
export const Invitation = z.object({
  id: idSchema('invitation'),
  email: z.string(),
  role: Role,
  projectId: invitedTo.nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  acceptedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});

/** A new invitation, the only time its token is shown. */
export const NewInvitation = Invitation.extend({
  token: z.string().describe('For the person who is invited; whoever has it can accept'),
});

export type User = z.infer<typeof User>;
export type Organization = z.infer<typeof Organization>;
export type OrganizationChange = z.infer<typeof OrganizationChange>;
export type Member = z.infer<typeof Member>;
export type Invitation = z.infer<typeof Invitation>;
export type NewInvitation = z.infer<typeof NewInvitation>;
