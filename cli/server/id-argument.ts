import { ID_PREFIXES, type Id, type IdKind, idSchema } from '#contracts/ids/ids.ts';
import { UsageError } from '../command.ts';

/** The id that a word of the command line is. @throws UsageError when it is no id of that kind */
export function idFrom<K extends IdKind>(kind: K, word: string | undefined): Id<K> {
  const parsed = idSchema(kind).safeParse(word);
  if (!parsed.success)
    throw new UsageError(
      `${word === undefined ? '' : `${word}: `}give the id of the ${kind}, \`${ID_PREFIXES[kind]}_…\``,
    );
  return parsed.data;
}
