import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** Of a key that is not known, expired or revoked. It never says which, nor repeats the key. */
export function unauthenticated(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The API key is not valid: it is unknown, expired or revoked.', {
    remedy: 'Send `Authorization: Bearer mq_live_…` with a key of this server; an administrator can make a new one.',
  });
}

export function apiKeyNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no API key ${id}.`, {
    remedy: 'List the keys of the organisation to find its id.',
  });
}

export function organizationNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no organisation ${id}.`, { remedy: 'Check the id.' });
}

/** A guest of projects, who is a member nowhere, wants an organisation of their own. */
export function guestsOwnNothing(): MaquetteError {
  return new MaquetteError('forbidden', 'Guests of projects make no organisations.', {
    remedy: 'Ask an administrator for a role in the organisation.',
  });
}

export function tooManyOrganizations(owned: number, most: number): MaquetteError {
  return new MaquetteError('conflict', `You own ${owned} organisations; one person may own ${most}.`, {
    remedy: 'Leave one to somebody else, or ask the operator for more (MAQUETTE_ORGANIZATIONS_PER_PERSON).',
  });
}

/** A key was to be made that may do more than the key which asks for it. */
export function scopesExceeded(scopes: string[]): MaquetteError {
  return new MaquetteError('forbidden', `An API key cannot grant what it does not hold: ${scopes.join(', ')}.`, {
    remedy: 'Leave these scopes out, or use a key that holds them.',
  });
}

/** A field of a request that is not valid. */
export function invalid(pointer: string, message: string, remedy?: string): MaquetteError {
  return new MaquetteError('invalid_request', `${pointer}: ${message}`, {
    errors: [{ pointer, message }],
    ...(remedy !== undefined && { remedy }),
  });
}

/** The operator's own key has not the form of a key. The message does not repeat it. */
export function malformedBootstrapKey(): MaquetteError {
  return new MaquetteError('config_invalid', 'The bootstrap key has not the form of an API key.', {
    remedy: 'Set MAQUETTE_BOOTSTRAP_KEY to `mq_live_` followed by at least 24 letters or digits.',
  });
}

/** Of a cookie that names no session, or one that is over. */
export function signedOut(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The session is over, or was never one.', {
    remedy: 'Sign in again.',
  });
}

export function serviceAccountNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no service account ${id}.`, {
    remedy: 'List the service accounts to find its id.',
  });
}

/** One answer for all that can be wrong, so that nobody learns which addresses have an account. */
export function wrongPassword(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The address or the password is not right.', {
    remedy: 'Try again, or ask an administrator of your organisation for a token to set a new password.',
  });
}

/** @param seconds until the next attempt counts */
export function tooManySignIns(seconds: number): MaquetteError {
  return new MaquetteError('rate_limited', `Too many wrong passwords for this address; wait ${seconds} s.`, {
    remedy: `Try again in ${seconds} seconds.`,
    retryAfterSeconds: seconds,
  });
}

export function memberOfNothing(): MaquetteError {
  return new MaquetteError('forbidden', 'This account is in no organisation.', {
    remedy: 'Ask an administrator for an invitation.',
  });
}

export function userNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no user ${id}.`, { remedy: 'Check the id.' });
}

/** To the operator alone: nobody else learns which addresses have an account. */
export function addressUnknown(email: string): MaquetteError {
  return new MaquetteError('not_found', `Nobody in an organisation of this server has the address ${email}.`, {
    remedy: 'Check the address, and that the command works on the data of the server.',
  });
}

export function sessionNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no session ${id}.`, { remedy: 'List your sessions to find its id.' });
}

/** Of somebody who has no role of their own in a project; they may have one in the organisation. */
export function projectMemberNotFound(userId: string, projectId: string): MaquetteError {
  return new MaquetteError('not_found', `${userId} has no role of their own in the project ${projectId}.`, {
    remedy: 'List the members of the project to find the id.',
  });
}

export function memberNotFound(userId: string): MaquetteError {
  return new MaquetteError('not_found', `There is no member ${userId}.`, {
    remedy: 'List the members to find the id.',
  });
}

export function invitationNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no invitation ${id}.`, {
    remedy: 'List the invitations to find its id.',
  });
}

/** Of one that is not there, or was accepted. */
export function openInvitationNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no open invitation ${id}.`, {
    remedy: 'List the invitations to find its id.',
  });
}

/** Of a token that is unknown, used, revoked or expired. It never says which. */
export function invitationInvalid(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The invitation is not valid: it is unknown, used, revoked or expired.', {
    remedy: 'Ask for a new invitation.',
  });
}

export function resetTokenInvalid(): MaquetteError {
  return new MaquetteError('unauthenticated', 'The token is not valid: it is unknown, used or expired.', {
    remedy: 'Ask an administrator for a new token.',
  });
}

/** An access token names each project in which a person has a role of their own. */
export function tooManyProjects(count: number, most: number): MaquetteError {
  return new MaquetteError('conflict', `A token can name ${most} projects; you have roles of your own in ${count}.`, {
    remedy: 'Use an API key of the organisation, or ask for a role in the organisation itself.',
  });
}

export function alreadyMember(email: string): MaquetteError {
  return new MaquetteError('conflict', `${email} is a member already.`, { remedy: 'Change the role of the member.' });
}

/** Nobody gives or takes a role that is stronger than their own. */
export function roleTooWeak(role: string): MaquetteError {
  return new MaquetteError('forbidden', `This concerns the role ${role}, which is stronger than yours.`, {
    remedy: `Ask somebody who is ${role}.`,
  });
}

export function lastOwner(): MaquetteError {
  return new MaquetteError('conflict', 'This is the last owner of the organisation.', {
    remedy: 'Make somebody else an owner first.',
  });
}

/** A person whose password an administrator of one organisation must not set: it would open the others too. */
export function elsewhereToo(userId: string): MaquetteError {
  return new MaquetteError('forbidden', `${userId} is a member of other organisations too.`, {
    remedy: 'Ask the operator of the server, who makes a token with `maquette reset-password EMAIL`.',
  });
}

/** A provider vouches for somebody whom nobody here lets in. */
export function identityRefused(reason: string): MaquetteError {
  return new MaquetteError('forbidden', `The sign-in is not possible: ${reason}.`, {
    remedy: 'Ask an administrator of your organisation for an invitation to this address.',
  });
}
