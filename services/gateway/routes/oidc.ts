import type { FastifyReply, FastifyRequest } from 'fastify';
import { countingGuesses } from '../access/authentication.ts';
import { noProvider } from '../access/errors.ts';
import { createOidcClient, OIDC_SECONDS, ownPath } from '../access/oidc.ts';
import { cookieOf, setCookie, setSessionCookie } from '../access/session-cookie.ts';
import type { Gateway } from '../gateway.ts';
import type { Routes } from './route.ts';

/** Cookie of the way to the provider and back. */
const COOKIE = 'maquette-oidc';
const CALLBACK = '/v1/auth/oidc/callback';

export function oidcRoutes({ people, settings, rateLimits }: Gateway): Routes<'startOidc' | 'finishOidc'> {
  const oidc = settings.oidc && createOidcClient(settings.oidc);
  const originOf = ({ protocol, host }: FastifyRequest) => settings.publicUrl ?? `${protocol}://${host}`;
  const on = (reply: FastifyReply, location: string) => {
    reply.header('cache-control', 'no-store');
    return { status: 302, headers: { location } };
  };

  return {
    async startOidc({ request, reply, query }) {
      if (!oidc) throw noProvider();
      const origin = originOf(request);
      const { url, cookie } = await oidc.start(origin + CALLBACK, ownPath(query.returnTo, origin));
      setCookie(request, reply, COOKIE, cookie, OIDC_SECONDS);
      return on(reply, url);
    },
    async finishOidc({ request, reply }) {
      if (!oidc) throw noProvider();
      const back = new URL(request.url, originOf(request));
      const { token, returnTo } = await countingGuesses(rateLimits, request.ip, async () => {
        const { identity, returnTo: path } = await oidc.finish(back, cookieOf(request, COOKIE));
        const userAgent = request.headers['user-agent'] ?? '';
        const signedIn = await people.signInByIdentity({ ...identity, userAgent });
        return { token: signedIn.token, returnTo: path };
      });
      setCookie(request, reply, COOKIE, '', 0);
      setSessionCookie(request, reply, token);
      return on(reply, returnTo);
    },
  };
}
