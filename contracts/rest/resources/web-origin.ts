import { z } from 'zod';

/** Most origins that an organisation can allow. */
export const MOST_ORIGINS = 50;

/** Scheme, host and port, in the one spelling that browsers send (RFC 6454, 6.2): lower case, no port that the scheme has anyway. */
const FORM = /^https?:\/\/(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?$/;

/**
 * Where a page comes from, as its browser says it: `https://shop.example.com`. One origin alone: neither a wildcard nor
 * `null`, which every sandboxed frame is.
 */
export const WebOrigin = z
  .string()
  .max(255)
  .regex(FORM, 'is no origin: give scheme, host and port as a browser sends them, such as https://shop.example.com')
  .refine(
    isCanonical,
    'is not written as browsers send it: no port that the scheme has anyway, hosts in their ASCII form',
  )
  .meta({ example: 'https://shop.example.com' });

/** The origins that an organisation allows, each once. */
export const WebOrigins = z
  .array(WebOrigin)
  .max(MOST_ORIGINS)
  .refine((origins) => new Set(origins).size === origins.length, 'names an origin twice');

function isCanonical(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
