import type { z } from 'zod';
import { ACCESS } from './definitions/access.ts';
import { DIAGNOSTICS } from './definitions/diagnostics.ts';
import { LIMITS } from './definitions/limits.ts';
import { OTHER_SERVERS } from './definitions/other-servers.ts';
import { RATES_AND_QUOTAS } from './definitions/rates-and-quotas.ts';
import { SERVER } from './definitions/server.ts';
import { SEVERAL_PROCESSES } from './definitions/several-processes.ts';
import { STORAGE } from './definitions/storage.ts';
import { WORK } from './definitions/work.ts';

/** All settings, in the order of `docs/configuration.md`, which is generated from this table. */
export const DEFINITIONS = {
  ...SERVER,
  ...ACCESS,
  ...STORAGE,
  ...WORK,
  ...LIMITS,
  ...RATES_AND_QUOTAS,
  ...OTHER_SERVERS,
  ...SEVERAL_PROCESSES,
  ...DIAGNOSTICS,
} as const;

/** Name of a setting. */
export type SettingName = keyof typeof DEFINITIONS;

type Defaulted = { [K in SettingName]: 'default' extends keyof (typeof DEFINITIONS)[K] ? K : never }[SettingName];
type ValueOf<K extends SettingName> = z.output<(typeof DEFINITIONS)[K]['schema']>;

/** The settings, parsed. Those without a default are undefined when not given. */
export type Config = { readonly [K in SettingName]: K extends Defaulted ? ValueOf<K> : ValueOf<K> | undefined };

/** The environment variable of a setting, e.g. `MAQUETTE_RENDER_THREADS`. */
export function variableOf(name: string): string {
  return `MAQUETTE_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
}
