import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationId, PUBLIC_API } from '#contracts/rest/public-api.ts';
import { KEY, startWhole, type TestServer } from '../end-to-end/server.ts';
import { fuzzApi } from './api-fuzz.ts';
import { FUZZ_SETTINGS } from './fuzz-settings.ts';

/** What only people do, who are signed in or sign in: a key is refused at the door. */
const OF_PEOPLE: readonly OperationId[] = [
  'signIn',
  'signOut',
  'getSignedIn',
  'updateSession',
  'listSessions',
  'revokeSession',
  'changePassword',
  'resetPassword',
  'acceptInvitation',
  'startOidc',
  'finishOidc',
  'createOrganization',
  'leaveOrganization',
  'updateMe',
];

let server: TestServer;
beforeAll(async () => {
  server = await startWhole({ environment: FUZZ_SETTINGS });
});
afterAll(async () => {
  await server?.stop();
  await server?.remove();
});

describe('made-up requests of every operation', () => {
  it('never break the server, and get answers as the OpenAPI document says', { timeout: 300_000 }, async () => {
    const { faults, statuses } = await fuzzApi({ url: server.url, key: KEY, seed: 7, cases: 8 });
    expect(faults).toEqual([]);
    expect(Object.keys(statuses).sort()).toEqual(Object.keys(PUBLIC_API).sort());
    // Requests that are refused at the door find nothing.
    const ofKeys = Object.entries(statuses).filter(([name]) => !(OF_PEOPLE as readonly string[]).includes(name));
    const done = ofKeys.filter(([, counts]) => Object.keys(counts).some((status) => /^2/.test(status)));
    expect(done.length).toBeGreaterThan(ofKeys.length / 2);
  });
});
