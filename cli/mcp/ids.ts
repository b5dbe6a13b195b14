import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ID_PREFIXES, type Id, type IdKind, idSchema } from '#contracts/ids/ids.ts';

/** The id that an argument is. @throws MaquetteError `invalid_request` when it is none of that kind */
export function idFrom<K extends IdKind>(kind: K, text: string): Id<K> {
  const parsed = idSchema(kind).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new MaquetteError('invalid_request', `${text} is no id of the kind ${kind}.`, {
    remedy: `Give an id that begins with ${ID_PREFIXES[kind]}_, as other tools told it.`,
  });
}
