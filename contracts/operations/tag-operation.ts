import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { NamePatterns } from './name-patterns.ts';

/** What `tag` can mark. */
export const TAGGABLE = [
  'asset',
  'scenes',
  'nodes',
  'meshes',
  'materials',
  'textures',
  'animations',
  'skins',
  'cameras',
] as const;

const Key = z.string().regex(/^[^\p{Cc}]{1,100}$/u, 'Up to 100 characters, none of them a control character.');
const Value = z.union([z.string().max(2000), z.number(), z.boolean(), z.array(z.string().max(200)).max(100)]);

/** Custom properties. */
export const tagOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('tag'),
      kinds: z
        .array(z.enum(TAGGABLE))
        .min(1)
        .default(['asset'])
        .describe('What gets the tags; `asset` is the file itself'),
      names: NamePatterns.optional().describe(
        'Only what has one of these names; `*` stands for any text, `?` for one character, capitals count as small letters. The asset has no name and is always meant',
      ),
      set: z
        .record(Key, Value)
        .refine((tags) => Object.keys(tags).length <= 100, 'At most 100 tags.')
        .default({})
        .describe('Tags by their key: text, numbers, `true`, `false` or lists of text. One that is there is replaced'),
      remove: z.array(Key).max(100).default([]).describe('Keys of tags that go'),
    })
    .describe('Sets and removes custom properties (`extras`) of the file, or of things in it by their names.'),
);
