import { classCase, isField, literal } from './python-names.ts';

/** A JSON Schema of the document. */
export type Schema = Record<string, unknown>;

/** Types of Python for the schemas of an OpenAPI document. Objects become classes; each is written once, by its fields. */
export class PythonTypes {
  readonly #classes = new Map<string, string>();
  readonly #aliases: string[] = [];

  /** @param components `components.schemas` of the document, whose names the classes have. */
  constructor(components: Record<string, Schema>) {
    for (const [name, schema] of Object.entries(components)) {
      if (schema.type === 'object' && schema.properties !== undefined) this.#addClass(name, schema);
      else this.#aliases.push(`${name} = ${this.of(schema, name)}\n`);
    }
  }

  /**
   * The type of a schema, as it is written where names of classes may come later: in quotes where it is evaluated.
   *
   * @param name of the class when the schema is an object.
   */
  of(schema: Schema, name: string): string {
    if (typeof schema.$ref === 'string') return literal(schema.$ref.split('/').at(-1) as string);
    if ('const' in schema) return constantType([schema.const]);
    if (Array.isArray(schema.enum)) return constantType(schema.enum);
    const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
    if (choices)
      return unionOf(choices.map((choice, at) => this.of(choice, `${name}${choiceName(choice, at, choices.length)}`)));
    switch (schema.type) {
      case 'string':
        return schema.format === 'binary' ? 'bytes' : 'str';
      case 'integer':
        return 'int';
      case 'number':
        return 'float';
      case 'boolean':
        return 'bool';
      case 'null':
        return 'None';
      case 'array':
        return `List[${this.of((schema.items as Schema | undefined) ?? {}, `${name}Item`)}]`;
      case 'object':
        if (schema.properties !== undefined) return this.#addClass(name, schema);
        return `Dict[str, ${typeof schema.additionalProperties === 'object' ? this.of(schema.additionalProperties as Schema, `${name}Value`) : 'Any'}]`;
      default:
        return 'Any';
    }
  }

  /** All classes, then the names for what is none. */
  toString(): string {
    return [...this.#classes.values(), ...this.#aliases].join('\n\n');
  }

  #addClass(name: string, schema: Schema): string {
    // A name that is there already is that of the same place in another schema, unless its fields differ.
    let own = name;
    const before = () => this.#classes.get(own);
    this.#classes.set(own, before() ?? '');
    const text = this.#classText(own, schema);
    for (let count = 2; before() && before() !== text; count += 1) own = `${name}${count}`;
    this.#classes.set(own, own === name ? text : this.#classText(own, schema));
    return literal(own);
  }

  #classText(name: string, schema: Schema): string {
    const required = new Set(schema.required as string[] | undefined);
    const fields = Object.entries(schema.properties as Record<string, Schema>).map(([field, of]) => ({
      field,
      type: this.of(of, `${name}${classCase(field)}`),
      description: of.description as string | undefined,
      isRequired: required.has(field),
    }));
    if (!fields.every(({ field }) => isField(field))) {
      const rows = fields.map(({ field, type }) => `        ${literal(field)}: ${type},`);
      return [
        `${name} = TypedDict(`,
        `    ${literal(name)},`,
        '    {',
        ...rows,
        '    },',
        '    total=False,',
        ')\n',
      ].join('\n');
    }
    const rowsOf = (wanted: boolean) =>
      fields
        .filter(({ isRequired }) => isRequired === wanted)
        .flatMap(({ field, type, description }) => [
          ...(description === undefined ? [] : [`    #: ${description.replaceAll(/\s+/g, ' ')}`]),
          `    ${field}: ${type}`,
        ]);
    const about =
      typeof schema.description === 'string' ? [`    """${schema.description.replaceAll('"""', "'''")}"""\n`] : [];
    const optional = rowsOf(false);
    if (optional.length === 0) return [`class ${name}(TypedDict):`, ...about, ...orPass(rowsOf(true)), ''].join('\n');
    if (rowsOf(true).length === 0)
      return [`class ${name}(TypedDict, total=False):`, ...about, ...optional, ''].join('\n');
    return [
      `class _${name}(TypedDict):`,
      ...rowsOf(true),
      '\n',
      `class ${name}(_${name}, total=False):`,
      ...about,
      ...optional,
      '',
    ].join('\n');
  }
}

function orPass(rows: string[]): string[] {
  return rows.length > 0 ? rows : ['    pass'];
}

function constantType(values: unknown[]): string {
  const texts = values.map((value) =>
    value === null ? 'None' : typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value),
  );
  return values.some((value) => typeof value === 'number' && !Number.isInteger(value))
    ? 'float'
    : `Literal[${texts.join(', ')}]`;
}

function unionOf(types: string[]): string {
  const all = [...new Set(types)];
  const others = all.filter((type) => type !== 'None');
  const union = others.length === 1 ? (others[0] as string) : `Union[${others.join(', ')}]`;
  if (others.length === 0) return 'None';
  return others.length < all.length ? `Optional[${union}]` : union;
}

/** What tells a choice from the others: the value of its tag, or its number. A single one needs nothing. */
function choiceName(choice: Schema, at: number, count: number): string {
  const properties = (choice.properties ?? {}) as Record<string, Schema>;
  const tag = Object.values(properties).find((property) => typeof property.const === 'string');
  if (tag) return classCase(tag.const as string);
  return count <= 2 && choice.type === 'object' ? '' : String(at + 1);
}
