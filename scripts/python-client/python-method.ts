import { classCase, snakeCase } from './python-names.ts';
import type { PythonTypes, Schema } from './python-types.ts';

/** An operation of the document. */
export interface OpenApiOperation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required: boolean; schema: Schema; description?: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** Headers that a caller may want to send. The transport sees to keys of idempotency; there is no cache to ask for. */
const HEADERS = new Set([
  'If-Match',
  'Prefer',
  'Range',
  'Upload-Checksum',
  'Upload-Defer-Length',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
]);

/** A header that has one value alone. */
const TUS_HEADER = 'Tus-Resumable';
/** The content type of bytes that are sent as they are. */
const TUS_BODY = 'application/offset+octet-stream';

/** One argument of a method. */
interface Argument {
  name: string;
  /** As the API calls it. */
  wire: string;
  type: string;
  required: boolean;
  description: string | undefined;
}

/** The method of an operation, and for lists one that iterates over all pages. */
export function methodOf(
  types: PythonTypes,
  components: Record<string, Schema>,
  method: string,
  path: string,
  operation: OpenApiOperation,
): string {
  const { operationId, parameters = [] } = operation;
  const name = classCase(operationId);
  const argumentsIn = (place: string): Argument[] =>
    parameters
      .filter((parameter) => parameter.in === place)
      .filter(({ name: wire }) => place !== 'header' || HEADERS.has(wire))
      .map(({ name: wire, required, schema, description }) => {
        const type = qualified(types.of(schema, `${name}${classCase(wire)}`));
        return { name: snakeCase(wire), wire, type, required, description };
      });
  const inPath = argumentsIn('path');
  const query = argumentsIn('query');
  const headers = argumentsIn('header');
  const isTus = parameters.some(({ name: wire }) => wire === TUS_HEADER);
  const answer = answerOf(types, operation);
  const { positional, keywords, given } = bodyOf(types, components, operation);
  const rows = [
    'self',
    ...inPath.map(({ name: own, type }) => `${own}: ${type}`),
    ...positional,
    ...(query.length + headers.length + keywords.length > 0 ? ['*'] : []),
    ...keywords,
    ...[...query, ...headers]
      .filter((argument) => !keywords.some((row) => row.startsWith(`${argument.name}:`)))
      .map(optional),
  ];
  const place = path.replaceAll(/\{(\w+)\}/g, (_, wire: string) => `{_path(${snakeCase(wire)})}`);
  const target = `${place === path ? '' : 'f'}"${place}"`;
  const sentQuery = query.filter((argument) => !keywords.some((row) => row.startsWith(`${argument.name}:`)));
  const request = [
    ...(sentQuery.length > 0 ? [`query=${dictionary(sentQuery)}`] : []),
    ...headersGiven(headers, isTus),
    ...given,
  ];
  const call = answer.kind === 'bytes' ? '_bytes' : '_json';
  const about = [
    operation.summary,
    ...[...inPath, ...query, ...headers].flatMap(({ name: own, description }) =>
      description ? [`:param ${own}: ${oneLine(description)}`] : [],
    ),
  ];
  const docstring = [
    `        """${oneLine(operation.summary)}.`,
    '',
    ...wrapped(operation.description),
    ...(about.length > 1 ? ['', ...about.slice(1).map((line) => `        ${line}`)] : []),
    '        """',
  ];
  const python = snakeCase(operationId);
  if (answer.kind === 'events') {
    return method_(python, rows, 'Iterator["models.Event"]', docstring, [
      `return self._events(${target}, ${dictionary(query.filter(({ wire }) => wire !== 'lastEventId'))})`,
    ]);
  }
  const plain = method_(python, rows, answer.type, docstring, [
    `return self.${call}(${[`"${method}"`, target, ...request].join(', ')})`,
  ]);
  const item = pageItem(components, operation);
  if (item === undefined || !query.some(({ wire }) => wire === 'cursor')) return plain;
  const filters = query.filter(({ wire }) => wire !== 'cursor');
  const iterRows = ['self', ...inPath.map(({ name: own, type }) => `${own}: ${type}`), '*', ...filters.map(optional)];
  const each = method_(
    python.replace(/^list_/, 'iter_'),
    iterRows,
    `Iterator["models.${item}"]`,
    [`        """${oneLine(operation.summary)}: all of them, page after page."""`],
    [`return self._pages(${target}, ${dictionary(filters)})`],
  );
  return `${plain}\n${each}`;
}

function headersGiven(headers: Argument[], isTus: boolean): string[] {
  if (headers.length === 0) return isTus ? ['headers=TUS'] : [];
  return [`headers=${isTus ? `{**TUS, ${dictionary(headers).slice(1)}` : dictionary(headers)}`];
}

function method_(name: string, rows: string[], returns: string, docstring: string[], body: string[]): string {
  return [
    `    def ${name}(`,
    ...rows.map((row) => `        ${row},`),
    `    ) -> ${returns}:`,
    ...docstring,
    ...body.map((line) => `        ${line}`),
    '',
  ].join('\n');
}

function answerOf(
  types: PythonTypes,
  { operationId, responses }: OpenApiOperation,
): { kind: 'json' | 'bytes' | 'events'; type: string } {
  const contents = Object.entries(responses)
    .filter(([status]) => status < '300')
    .map(([, { content }]) => content ?? {});
  if (contents.some((content) => 'text/event-stream' in content)) return { kind: 'events', type: '' };
  if (contents.some((content) => Object.keys(content).some((type) => type !== 'application/json')))
    return { kind: 'bytes', type: 'Download' };
  const bodies = contents.flatMap((content) =>
    content['application/json'] ? [content['application/json'].schema] : [],
  );
  const all = [...new Set(bodies.map((schema) => qualified(types.of(schema, `${classCase(operationId)}Answer`))))];
  if (all.length === 0) return { kind: 'json', type: 'None' };
  return { kind: 'json', type: all.length === 1 ? (all[0] as string) : `Union[${all.join(', ')}]` };
}

const NO_BODY: { positional: string[]; keywords: string[]; given: string[] } = {
  positional: [],
  keywords: [],
  given: [],
};

/** What of a method's arguments is sent as its body. */
function bodyOf(
  types: PythonTypes,
  components: Record<string, Schema>,
  { operationId, requestBody }: OpenApiOperation,
) {
  const json = requestBody?.content['application/json']?.schema;
  const form = requestBody?.content['multipart/form-data']?.schema;
  const type = json && qualified(types.of(json, `${classCase(operationId)}Body`));
  if (requestBody && TUS_BODY in requestBody.content) {
    return { positional: [], keywords: ['content: bytes = b""'], given: ['content=content'] };
  }
  if (!form) return type ? { positional: [`body: ${type}`], keywords: [], given: ['body=body'] } : NO_BODY;
  const whole = typeof form.$ref === 'string' ? components[form.$ref.split('/').at(-1) as string] : form;
  const fields = Object.keys((whole?.properties ?? {}) as object).filter((field) => field !== 'file');
  const given = fields.map((field) => `"${field}": ${snakeCase(field)}`).join(', ');
  return {
    positional: [],
    keywords: [
      type ? 'files: Optional[Sequence[File]] = None' : 'files: Sequence[File]',
      ...fields.map((field) => `${snakeCase(field)}: Optional[str] = None`),
      // In place of files, where they can come from elsewhere.
      ...(type ? [`body: Optional[${type}] = None`] : []),
    ],
    given: [`fields={${given}}`, 'files=files', ...(type ? ['body=body'] : [])],
  };
}

/** The name of what a page holds. */
function pageItem(components: Record<string, Schema>, { responses }: OpenApiOperation): string | undefined {
  const reference = responses['200']?.content?.['application/json']?.schema.$ref;
  if (typeof reference !== 'string') return undefined;
  const page = components[reference.split('/').at(-1) as string];
  const data = (page?.properties as Record<string, Schema> | undefined)?.data;
  const item = (data?.items as Schema | undefined)?.$ref;
  return typeof item === 'string' ? item.split('/').at(-1) : undefined;
}

function optional({ name, type, required }: Argument): string {
  return required ? `${name}: ${type}` : `${name}: ${type.startsWith('Optional[') ? type : `Optional[${type}]`} = None`;
}

function dictionary(list: Argument[]): string {
  return `{${list.map(({ wire, name }) => `"${wire}": ${name}`).join(', ')}}`;
}

/** Names of classes are in quotes: those of the module of models. */
function qualified(type: string): string {
  return type.replaceAll(/(?<!Literal\[[^\]]*)"(\w+)"/g, '"models.$1"');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('\\', '\\\\').replaceAll('"""', "'''").trim();
}

function wrapped(text: string): string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `        ${oneLine(line)}`));
}
