import type { SignedIn } from '#contracts/rest/resources/sign-in.ts';
import { OWNER, type TestAnswer, type TestGateway, type TestRequest } from './open-gateway.ts';

/** Somebody in front of a browser: keeps the cookie, and sends the token with what changes something. */
export interface Browser {
  signedIn: SignedIn;
  cookie: string;
  request(path: string, init?: TestRequest): Promise<TestAnswer>;
}

/** Signs somebody in; the owner unless told. */
export async function openBrowser(
  gateway: TestGateway,
  who: { email: string; password: string } = OWNER,
): Promise<Browser> {
  const answer = await gateway.request('/v1/auth/sign-in', { method: 'POST', key: null, json: pick(who) });
  if (answer.status !== 200) throw new Error(`the sign-in was refused: ${answer.text}`);
  return browserOf(gateway, answer);
}

/** The browser that got the answer to a sign-in. */
export function browserOf(gateway: TestGateway, answer: TestAnswer): Browser {
  const browser: Browser = {
    signedIn: answer.json,
    cookie: cookieOf(answer),
    async request(path, init = {}) {
      const headers = {
        cookie: browser.cookie,
        'sec-fetch-site': 'same-origin',
        'x-csrf-token': browser.signedIn.csrfToken,
        ...init.headers,
      };
      const reply = await gateway.request(path, { ...init, key: null, headers });
      if (reply.headers.has('set-cookie')) browser.cookie = cookieOf(reply);
      return reply;
    },
  };
  return browser;
}

/** Invites somebody as the owner, lets them accept, and signs them in; as a guest of a project when one is given. */
export async function join(
  gateway: TestGateway,
  owner: Browser,
  role: string,
  name: string,
  projectId?: string,
): Promise<Browser> {
  const email = `${name}@example.org`;
  const invited = await owner.request('/v1/invitations', { method: 'POST', json: { email, role, projectId } });
  if (invited.status !== 201) throw new Error(`the invitation was refused: ${invited.text}`);
  const json = { token: invited.json.token, name, password: passwordOf(name) };
  const accepted = await gateway.request('/v1/invitations/accept', { method: 'POST', key: null, json });
  if (accepted.status !== 200) throw new Error(`the invitation was not accepted: ${accepted.text}`);
  return browserOf(gateway, accepted);
}

/** What somebody in a test signs in with. */
export const passwordOf = (name: string) => `the password of ${name}`;

function pick({ email, password }: { email: string; password: string }) {
  return { email, password };
}

function cookieOf(answer: TestAnswer): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}
