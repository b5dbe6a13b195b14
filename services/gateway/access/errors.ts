import { isKeyScope, type KeyScope, roleHas, rolesWith } from '#contracts/access/policy.ts';
import type { Role } from '#contracts/access/roles.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** No key, or one that cannot be a key. */
export function keyMissing(message = 'The request bears no API key.'): MaquetteError {
  return new MaquetteError('unauthenticated', message, {
    remedy: 'Send the header `Authorization: Bearer mq_live_…` with a key of your organisation, or sign in.',
  });
}

/** A share is read without its password, or with another. */
export function sharePasswordWanted(given: boolean): MaquetteError {
  const message = given ? 'The password of the share is another one.' : 'The share asks for a password.';
  return new MaquetteError('unauthenticated', message, {
    remedy: 'Send it as the password of HTTP Basic authentication, with any user name: `curl -u :PASSWORD`.',
  });
}

/** Who asks is known but lacks a scope: their role has it not, or their key was made without it. */
export function scopeMissing(scope: string, holder: { role: Role; scopes: Iterable<KeyScope> }): MaquetteError {
  if (isKeyScope(scope) && !roleHas(holder.role, scope)) {
    return new MaquetteError('forbidden', `This needs the scope \`${scope}\`, which the role ${holder.role} has not.`, {
      remedy: `Ask somebody who is ${rolesWith(scope).join(' or ')}.`,
    });
  }
  const held = [...holder.scopes].join(', ') || 'none';
  return new MaquetteError('forbidden', `This needs the scope \`${scope}\`; the key has ${held}.`, {
    remedy: `Use a key that holds \`${scope}\`.`,
  });
}

/** A person has a scope in some projects, and not in this one. */
export function projectRoleMissing(scope: string, projectId: string): MaquetteError {
  return new MaquetteError('forbidden', `This needs the scope \`${scope}\` in the project ${projectId}.`, {
    remedy: 'Ask an administrator for a role in the project or in the organisation.',
  });
}

/** A person has a scope in some projects, and the request names none. */
export function projectUnnamed(scope: string): MaquetteError {
  return new MaquetteError(
    'forbidden',
    `This needs the scope \`${scope}\` in the organisation; you have it in projects.`,
    {
      remedy: 'Name a project, as `projectId` where the operation takes one, or ask for a role in the organisation.',
    },
  );
}

/** What is the business of members, asked for by a guest. */
export function membersOnly(): MaquetteError {
  return new MaquetteError('forbidden', 'This is for members of the organisation; you are a guest of projects.', {
    remedy: 'Ask an administrator for a role in the organisation.',
  });
}

/** An operation on the account of a person, asked for by a key or an access token. */
export function peopleOnly(): MaquetteError {
  return new MaquetteError('forbidden', 'This is for people who are signed in; a key or a token is not a person.', {
    remedy: 'Sign in with `POST /v1/auth/sign-in` and send the cookie.',
  });
}

/** A request with the cookie of a session that does not prove to come from the application itself. */
export function crossSite(reason: string): MaquetteError {
  return new MaquetteError('forbidden', `The request is refused as forged: ${reason}.`, {
    remedy:
      'Send the `csrfToken` of `GET /v1/auth/session` as the header `X-CSRF-Token`, from a page of this server itself.',
  });
}

/** The way back from an OpenID provider proves nothing. */
export function identityUnproved(reason: string, cause?: unknown): MaquetteError {
  return new MaquetteError('unauthenticated', `The sign-in could not be ended: ${reason}.`, {
    remedy: 'Begin again at `/v1/auth/oidc/start`.',
    cause,
  });
}

/** No OpenID provider is set up. */
export function noProvider(): MaquetteError {
  return new MaquetteError('not_found', 'This server knows no OpenID provider.', {
    remedy: 'Sign in by password, or ask the operator to set MAQUETTE_OIDC_ISSUER.',
  });
}

/** An access token that shall become another one. */
export function tokenOfToken(): MaquetteError {
  return new MaquetteError('forbidden', 'An access token cannot be exchanged for another one.', {
    remedy: 'Use the API key or the session that it was made of.',
  });
}

/** A key was to be made that may do more than the key or token which asks for it. */
export function grantExceeded(scopes: readonly string[]): MaquetteError {
  return new MaquetteError('forbidden', `Nobody can grant what they do not hold: ${scopes.join(', ')}.`, {
    remedy: 'Leave these scopes out, or use credentials that hold them.',
  });
}

/** Another organisation than the one that the request belongs to. */
export function organizationNotFound(id: string): MaquetteError {
  return new MaquetteError('not_found', `There is no organisation ${id}.`, {
    remedy: 'List your organisations, and choose one with `PATCH /v1/auth/session`.',
  });
}

/** Going before others is for admins. */
export function priorityRefused(asked: number, role: string): MaquetteError {
  return new MaquetteError('forbidden', `The priority ${asked} needs the role admin; this is ${role}.`, {
    remedy: 'Ask with a priority of 0 or below.',
  });
}
