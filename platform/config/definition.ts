import type { z } from 'zod';

/** One setting: its variable is `MAQUETTE_` and the name in capitals, its key in `maquette.config.json` the name itself. */
export interface Definition {
  schema: z.ZodType;
  /** As it would be written in the variable; undefined when there is none. */
  default?: string;
  /** One sentence for `docs/configuration.md`. */
  description: string;
  group:
    | 'Server'
    | 'Access'
    | 'Storage'
    | 'Work'
    | 'Limits'
    | 'Rates and quotas'
    | 'Other servers'
    | 'Several processes'
    | 'Diagnostics';
}
