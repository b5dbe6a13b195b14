import { formatUnsupported } from '../errors.ts';
import { generatorIn, isLetter, isNumber, isVrml1, VRML_BYTES, VrmlScanner } from './vrml-scanner.ts';
import type { Route, World, WorldNode } from './world-node.ts';

const MAX_DEPTH = 200;
const { QUOTE, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST } = VRML_BYTES;

/**
 * Parses VRML97 (ISO/IEC 14772-1). Fields keep their text; prototypes and scripts are skipped.
 *
 * @throws MaquetteError `model_malformed` with the line, `format_unsupported` for a part that is VRML 1.0
 */
export function parseVrml(bytes: Uint8Array, name: string): World {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  if (isVrml1({ name, bytes })) {
    throw formatUnsupported(
      name,
      'This part of the world is VRML 1.0, and the world that it belongs to is not.',
      'Export the whole world as VRML 2.0, X3D or glTF, or upload the part by itself.',
    );
  }
  const parser = new VrmlParser(bytes, name);
  const nodes = parser.parse();
  return { nodes, named: parser.named, routes: parser.routes, generator: generatorIn(head) };
}

class VrmlParser extends VrmlScanner {
  readonly named = new Map<string, WorldNode>();
  readonly routes: Route[] = [];
  private readonly prototypes = new Set<string>();

  parse(): WorldNode[] {
    const nodes: WorldNode[] = [];
    while (this.skipBlanks()) {
      const node = this.statement(0);
      if (node) nodes.push(node);
    }
    return nodes;
  }

  private statement(depth: number): WorldNode | null {
    const word = this.word();
    switch (word) {
      case 'DEF': {
        const name = this.word();
        return this.node(this.word(), name, depth);
      }
      case 'USE':
        return this.named.get(this.word()) ?? null;
      case 'NULL':
        return null;
      case 'ROUTE':
        this.route();
        return null;
      case 'PROTO':
      case 'EXTERNPROTO':
        this.prototypes.add(this.word());
        this.skipBlanks();
        this.balanced();
        this.skipBlanks();
        if (this.bytes[this.pos] === OPEN || this.bytes[this.pos] === OPEN_LIST) this.balanced();
        else if (this.bytes[this.pos] === QUOTE) this.string();
        return null;
      default:
        return this.node(word, '', depth);
    }
  }

  private node(type: string, name: string, depth: number): WorldNode {
    if (depth > MAX_DEPTH) this.fail(`Nodes are nested more than ${MAX_DEPTH} deep.`);
    this.skipBlanks();
    if (this.bytes[this.pos] !== OPEN) this.fail(`"${type.slice(0, 40)}" has no "{".`);
    const node: WorldNode = { type, name, fields: new Map(), children: [] };
    if (this.prototypes.has(type)) node.isPrototype = true;
    if (type === 'Script') {
      this.balanced();
      return node;
    }
    this.pos++;
    for (;;) {
      if (!this.skipBlanks()) this.fail(`The file ends inside of "${type.slice(0, 40)}".`);
      if (this.bytes[this.pos] === CLOSE) {
        this.pos++;
        break;
      }
      const field = this.word();
      if (field === 'ROUTE') this.route();
      else this.field(node, field, depth);
    }
    if (name) this.named.set(name, node);
    return node;
  }

  private field(node: WorldNode, field: string, depth: number): void {
    if (!this.skipBlanks()) this.fail(`The file ends behind the field "${field.slice(0, 40)}".`);
    const start = this.pos;
    const byte = this.bytes[start]!;
    if (byte === OPEN_LIST) {
      this.pos++;
      this.skipBlanks();
      const first = this.bytes[this.pos]!;
      if (isLetter(first) && !/^(TRUE|FALSE)\b/.test(this.peek())) {
        while (this.skipBlanks() && this.bytes[this.pos] !== CLOSE_LIST) {
          const inner = this.statement(depth + 1);
          if (inner) node.children.push(inner);
        }
        if (this.bytes[this.pos] !== CLOSE_LIST) this.fail(`The list of "${field.slice(0, 40)}" does not end.`);
        this.pos++;
        return;
      }
      this.pos = start;
      this.balanced();
      node.fields.set(field, this.withoutComments(this.bytes.subarray(start + 1, this.pos - 1)));
    } else if (byte === QUOTE) {
      this.string();
      node.fields.set(field, this.bytes.subarray(start, this.pos));
    } else if (isLetter(byte) && !/^(TRUE|FALSE)\b/.test(this.peek())) {
      const inner = this.statement(depth + 1);
      if (inner) node.children.push(inner);
    } else {
      // Numbers or a truth value: up to the next name or bracket.
      while (this.pos < this.bytes.length) {
        this.word();
        if (!this.skipBlanks() || !isNumber(this.bytes[this.pos]!)) break;
      }
      node.fields.set(field, this.bytes.subarray(start, this.pos));
    }
  }

  /** `A.b TO C.d` */
  private route(): void {
    const [source, , target] = [this.word(), this.word(), this.word()];
    const [from = '', fromField = ''] = source.split('.');
    const [to = '', toField = ''] = target.split('.');
    this.routes.push({ from, fromField, to, toField });
  }
}
