import type { Config } from '#platform/config/definitions.ts';
import { AUTH_DEFAULTS, type AuthSettings } from '#services/auth/auth-deps.ts';

/** What the configuration says of how people come in. */
export function authSettings(config: Config): AuthSettings {
  const { ownerEmail: email, ownerPassword: password } = config;
  return {
    ...AUTH_DEFAULTS,
    session: { idleHours: config.sessionIdleHours, hours: config.sessionHours },
    owner: email === undefined || password === undefined ? undefined : { email, password },
    issuer: config.publicUrl ?? AUTH_DEFAULTS.issuer,
    auditDays: config.auditDays,
  };
}
