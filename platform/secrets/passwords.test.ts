import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

it('passwords are right for their hash alone, however they are composed', async () => {
  const stored = await hashPassword('ein schönes Passwort');
  expect(await verifyPassword(stored, 'ein scho\u0308nes Passwort')).toBe(true);
  expect(await verifyPassword(stored, 'ein schones Passwort')).toBe(false);
  for (const none of [null, undefined]) expect(await verifyPassword(none, 'nobody has this password')).toBe(false);
});

it('a flood of passwords is refused, and who waits in line has their turn', async () => {
  const stored = await hashPassword('right');
  const flood = Array.from({ length: 105 }, (_, index) => verifyPassword(stored, index === 90 ? 'right' : 'wrong'));
  const outcomes = await Promise.allSettled(flood);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(3);
  for (const one of refused) expect(one).toMatchObject({ reason: { code: 'unavailable', retryAfterSeconds: 5 } });
  expect(outcomes[90]).toEqual({ status: 'fulfilled', value: true });
  expect(await verifyPassword(stored, 'right')).toBe(true);
});
