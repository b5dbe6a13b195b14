import { z } from 'zod';
import { Role } from '../../access/roles.ts';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';
import { Email, Password, User } from './user.ts';

/** A password as it is given: whatever it is, it is compared, not judged. */
const GivenPassword = z.string().min(1).max(1000);
/** A token that was handed to a person. */
const GivenToken = z.string().min(20).max(200);

export const SignInInput = z.strictObject({ email: Email, password: GivenPassword });

/** A person who is signed in, in one place. */
export const SignInSession = z.object({
  id: idSchema('session'),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  current: z.boolean().describe('Whether it is the one that asks'),
});

/** What the web client knows of its session. */
export const SignedIn = z.object({
  user: User,
  organization: z.object({ id: idSchema('organization'), name: z.string() }),
  role: Role,
  projectRoles: z.record(z.string(), Role).describe('Roles in single projects, by project id'),
  session: SignInSession,
  csrfToken: z.string().describe('Send it as `X-CSRF-Token` with every request that changes something'),
});

/** What ending a session builds on: that it was seen is none. */
export function sessionState({ id, createdAt }: Pick<SignInSession, 'id' | 'createdAt'>) {
  return [id, createdAt];
}

/** What choosing another organisation builds on. */
export function signedInState({
  session,
  organization,
}: {
  session: Pick<SignInSession, 'id'>;
  organization: Pick<SignedIn['organization'], 'id'>;
}) {
  return [session.id, organization.id];
}

/** The organisation that a session works in. */
export const SessionChange = z.strictObject({ organizationId: idSchema('organization') });

export const PasswordChange = z.strictObject({ currentPassword: GivenPassword, newPassword: Password });
export const PasswordReset = z.strictObject({ token: GivenToken, newPassword: Password });

/** A token to set a new password with, shown this once. */
export const NewPasswordReset = z.object({ token: z.string(), expiresAt: z.iso.datetime() });

/** Who accepts an invitation: a new person chooses name and password, a known one gives the password they have. */
export const InvitationAnswer = z.strictObject({
  token: GivenToken,
  name: nameSchema(200).optional().describe('Of a person who is new here'),
  password: Password.or(GivenPassword).describe('A new one, or the one of the account that the address has already'),
});

export type SignInSession = z.infer<typeof SignInSession>;
export type SignedIn = z.infer<typeof SignedIn>;
export type NewPasswordReset = z.infer<typeof NewPasswordReset>;
