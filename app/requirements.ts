import type { ErrorItem } from '#contracts/errors/maquette-error.ts';
import { type Config, variableOf } from '#platform/config/definitions.ts';
import { configInvalid } from '#platform/config/errors.ts';
import { ROLES, type Role } from '#platform/service/service.ts';

/**
 * Checks what the settings of a set of roles need beyond each being valid by itself.
 * @throws MaquetteError `config_invalid` with every problem.
 */
export function checkRequirements(roles: readonly Role[], config: Config): void {
  const problems: ErrorItem[] = accessProblems(config);
  const apart = roles.length < ROLES.length;
  const owner = roles.includes('data') || roles.includes('auth');
  if (apart && owner && config.databaseUrl === undefined) {
    problems.push({ pointer: variableOf('databaseUrl'), message: 'roles in separate processes need PostgreSQL' });
  }
  if (apart && config.clusterSecret === undefined) {
    problems.push({
      pointer: variableOf('clusterSecret'),
      message: 'roles in separate processes need a secret in common',
    });
  }
  if ((config.tlsCertificate === undefined) !== (config.tlsKey === undefined)) {
    problems.push({ pointer: variableOf('tlsKey'), message: 'a certificate and its key are given together' });
  }
  if (problems.length > 0) throw configInvalid(problems);
}

/** What settings about access need beyond each being valid by itself. */
function accessProblems(config: Config): ErrorItem[] {
  const problems: ErrorItem[] = [];
  const needs = (name: keyof Config, other: keyof Config) => {
    if (config[name] !== undefined && config[other] === undefined) {
      problems.push({ pointer: variableOf(other), message: `is needed with ${variableOf(name)}` });
    }
  };
  needs('ownerEmail', 'ownerPassword');
  needs('ownerPassword', 'ownerEmail');
  needs('oidcIssuer', 'oidcClientId');
  needs('oidcIssuer', 'oidcClientSecret');
  return problems;
}
