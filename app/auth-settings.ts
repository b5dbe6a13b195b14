import type { Config } from '#platform/config/definitions.ts';
import { AUTH_DEFAULTS, type AuthSettings } from '#services/auth/auth-deps.ts';
import type { GatewaySettings } from '#services/gateway/gateway.ts';

/** What the configuration says of how people come in. */
export function authSettings(config: Config): AuthSettings {
  const { ownerEmail: email, ownerPassword: password } = config;
  return {
    ...AUTH_DEFAULTS,
    session: { idleHours: config.sessionIdleHours, hours: config.sessionHours },
    owner: email === undefined || password === undefined ? undefined : { email, password },
    identity: { joinDomains: config.oidcJoinDomains ?? [], joinRole: config.oidcJoinRole },
    issuer: config.publicUrl ?? AUTH_DEFAULTS.issuer,
    organizationsPerPerson: config.organizationsPerPerson,
    auditDays: config.auditDays,
  };
}

/** The OpenID provider, when one is set up. */
export function oidcSettings(config: Config): Pick<GatewaySettings, 'oidc'> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = config;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return {};
  return { oidc: { issuer, clientId, clientSecret } };
}
