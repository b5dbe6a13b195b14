import { z } from 'zod';
import { CheckCode } from '../model/check-codes.ts';
import { MeasureName } from './measure-names.ts';

/** Lists of a model of which a rule can allow only some. */
export const ListName = z.enum(['textureFormats', 'extensions']);
export type ListName = z.infer<typeof ListName>;

/** What a rule can be about: a measurement, a check, or a list. */
export const RuleSubject = z.enum([...MeasureName.options, ...CheckCode.options, ...ListName.options]);
export type RuleSubject = z.infer<typeof RuleSubject>;

const isList = (of: RuleSubject): of is ListName => ListName.safeParse(of).success;

/** The name of a profile as paths and recipes tell it. */
export const ValidationProfileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'Up to 64 small letters, digits and `-`, the first no `-`.');

/** One limit. */
export const ProfileRule = z
  .object({
    of: RuleSubject.describe('A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)'),
    min: z.number().optional().describe('Smallest value that passes'),
    max: z.number().optional().describe('Largest value that passes'),
    only: z.array(z.string().min(1).max(100)).max(100).optional().describe('For lists: the entries that pass'),
    severity: z
      .enum(['error', 'warning'])
      .default('error')
      .describe('A broken rule of severity `error` fails the profile; one of severity `warning` is told'),
    why: z.string().max(500).optional().describe('Told when the rule is broken, in place of the general advice'),
    source: z.string().max(200).optional().describe('Where the limit comes from'),
  })
  .strict()
  .superRefine(({ of, min, max, only }, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', message });
    if (isList(of)) {
      if (!only || min !== undefined || max !== undefined)
        problem(`\`${of}\` is a list: give \`only\`, and no \`min\` or \`max\`.`);
      return;
    }
    if (only) problem(`\`${of}\` is a number: give \`min\` or \`max\`, not \`only\`.`);
    else if (min === undefined && max === undefined) problem(`Give \`min\`, \`max\` or both for \`${of}\`.`);
    else if (min !== undefined && max !== undefined && min > max) problem(`\`min\` of \`${of}\` is above its \`max\`.`);
  });

/** Limits that turn the report of a model into pass or fail. */
export const Profile = z
  .object({
    name: z.string().min(1).max(100),
    description: z.string().max(2000).default(''),
    rules: z.array(ProfileRule).min(1).max(200),
  })
  .strict();

export type ProfileRule = z.output<typeof ProfileRule>;
export type Profile = z.output<typeof Profile>;
