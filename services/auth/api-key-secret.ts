import { createHash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY_PREFIXES = { live: 'mq_live_', test: 'mq_test_' } as const;
/** 32 characters out of 62: 190 bits. */
const RANDOM_CHARACTERS = 32;
/** Characters of a key that may be shown, its prefix included. */
const SHOWN_CHARACTERS = KEY_PREFIXES.live.length + 4;
const KEY_FORM = /^mq_(?:live|test)_[0-9A-Za-z]{24,200}$/;

/** A new random API key. */
export function newApiKeySecret(mode: 'live' | 'test'): string {
  const characters = Array.from({ length: RANDOM_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return KEY_PREFIXES[mode] + characters.join('');
}

/** Whether a text has the form of an API key: the prefix and at least 24 letters or digits. */
export function isApiKeySecret(text: string): boolean {
  return KEY_FORM.test(text);
}

/** Whether a text has the form of a key that works on the live side. */
export function isLiveKeySecret(text: string): boolean {
  return isApiKeySecret(text) && text.startsWith(KEY_PREFIXES.live);
}

/**
 * What is stored of a key: its SHA-256 in hexadecimal. A slow password hash would protect nothing more, because a key has
 * 140 bits or more, and would cost its time with every request.
 */
export function hashApiKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The first characters, by which people tell keys apart. */
export function shownPrefix(secret: string): string {
  return secret.slice(0, SHOWN_CHARACTERS);
}
