import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';

/** The paths of all reads that a link can let somebody do. */
const READS = Object.values<PublicEndpoint>(PUBLIC_API)
  .filter(({ method, scope }) => method === 'GET' && scope === 'assets:read')
  .map(({ path }) => patternOf(path));

/** Whether a link to a path lets somebody read: not one that browsers write otherwise, and of an operation that there is. */
export function leadsSomewhere(path: string): boolean {
  const [plain = ''] = path.split('?');
  const canonical = new URL(path, 'http://maquette');
  return canonical.hash === '' && canonical.pathname === plain && READS.some((read) => read.test(plain));
}

/** The name of a file may hold folders. */
function patternOf(path: string): RegExp {
  const text = path
    .split(/(\{\w+\})/)
    .map((part) => (part === '{name}' ? '.+' : part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')))
    .join('');
  return new RegExp(`^${text}$`);
}
