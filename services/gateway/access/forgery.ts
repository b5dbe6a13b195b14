import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crossSite } from './errors.ts';

/** What a request says of where it comes from. */
export interface Origin {
  headers: IncomingHttpHeaders;
  /** `http` or `https`, and the name that the client asked for. */
  protocol: string;
  host: string | undefined;
}

/**
 * Refuses what a browser sends from a page of another site (Fetch Metadata, W3C; the `Origin` header where a browser does
 * not send that). Clients that are no browsers send neither.
 *
 * @throws MaquetteError `forbidden`
 */
export function refuseOtherSites({ headers, protocol, host }: Origin): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site !== 'same-origin') throw crossSite(`it comes from another site (\`Sec-Fetch-Site: ${site}\`)`);
    return;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `${protocol}://${host}`) throw crossSite(`it comes from \`${origin}\``);
}

/**
 * Refuses a change in the name of a cookie that lacks the session's token: another site can make the browser send the
 * cookie, and not read the token.
 *
 * @throws MaquetteError `forbidden`
 */
export function requireCsrfToken(headers: IncomingHttpHeaders, wanted: string): void {
  const given = headers['x-csrf-token'];
  if (typeof given !== 'string') throw crossSite('it lacks the header `X-CSRF-Token`');
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  if (one.length !== other.length || !timingSafeEqual(one, other)) throw crossSite('its `X-CSRF-Token` is another');
}
