import { generatorIn, isLetter, isNumber, VRML_BYTES, VrmlScanner } from '../x3d/vrml-scanner.ts';
import type { WorldNode } from '../x3d/world-node.ts';

const { QUOTE, OPEN, CLOSE, OPEN_LIST } = VRML_BYTES;
const OPEN_FLAGS = 0x28;
const CLOSE_FLAGS = 0x29;

const MAX_DEPTH = 200;

/** A parsed VRML 1.0 file. */
export interface Vrml1World {
  nodes: WorldNode[];
  generator: string | null;
  /** The line that a node begins on. */
  lineOf(node: WorldNode): number;
}

/**
 * Parses VRML 1.0 (the specification of 26 May 1995, with the clarifications of 1.0c). Fields keep their text; a node
 * that stands in several places is one object.
 *
 * @throws MaquetteError `model_malformed` with the line
 */
export function parseVrml1(bytes: Uint8Array, name: string): Vrml1World {
  const parser = new Vrml1Parser(bytes, name);
  const nodes = parser.parse();
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  return { nodes, generator: generatorIn(head), lineOf: (node) => parser.lineOf(node) };
}

class Vrml1Parser extends VrmlScanner {
  private readonly named = new Map<string, WorldNode>();
  private readonly places = new Map<WorldNode, number>();

  parse(): WorldNode[] {
    const nodes: WorldNode[] = [];
    while (this.skipBlanks()) {
      const word = this.word();
      const node = this.definition(word, 0) ?? this.node(word, '', 0);
      nodes.push(node);
    }
    return nodes;
  }

  lineOf(node: WorldNode): number {
    return this.lineAt(this.places.get(node) ?? 0);
  }

  /** A node that is given a name, or meant by one; null where the word is neither `DEF` nor `USE`. */
  private definition(word: string, depth: number): WorldNode | null {
    if (word === 'DEF') {
      const name = this.word();
      return this.node(this.word(), name, depth);
    }
    if (word !== 'USE') return null;
    const name = this.word();
    const found = this.named.get(name);
    if (!found) {
      const remedy = 'A name has to be given by DEF further up in the file, outside of the node itself.';
      this.fail(`USE means a node "${name.slice(0, 40)}", which has not been defined.`, remedy);
    }
    return found;
  }

  private node(type: string, name: string, depth: number): WorldNode {
    if (depth > MAX_DEPTH)
      this.fail(`Nodes are nested more than ${MAX_DEPTH} deep.`, 'Flatten the groups of the world.');
    if (!this.skipBlanks() || this.bytes[this.pos] !== OPEN) {
      this.fail(`"${type.slice(0, 40)}" has no "{".`, 'A node is written as its kind with its fields in braces.');
    }
    const node: WorldNode = { type, name, fields: new Map(), children: [] };
    this.places.set(node, this.pos);
    this.pos++;
    for (;;) {
      if (!this.skipBlanks()) {
        const remedy = 'The file is cut off, or a brace is missing: export or upload it again.';
        this.fail(`The file ends inside of "${type.slice(0, 40)}".`, remedy);
      }
      if (this.bytes[this.pos] === CLOSE) {
        this.pos++;
        break;
      }
      this.part(node, depth);
    }
    if (name) this.named.set(name, node);
    return node;
  }

  /** A field of a node, or a node inside of it. */
  private part(node: WorldNode, depth: number): void {
    const word = this.word();
    const inner = this.definition(word, depth + 1);
    if (inner) {
      node.children.push(inner);
      return;
    }
    if (!this.skipBlanks()) this.fail(`The file ends behind "${word.slice(0, 40)}".`);
    const start = this.pos;
    const byte = this.bytes[start]!;
    if (byte === OPEN) node.children.push(this.node(word, '', depth + 1));
    else if (byte === OPEN_LIST) {
      this.balanced();
      node.fields.set(word, this.withoutComments(this.bytes.subarray(start + 1, this.pos - 1)));
    } else if (byte === QUOTE) {
      this.string();
      node.fields.set(word, this.bytes.subarray(start, this.pos));
    } else if (byte === OPEN_FLAGS) {
      while (this.pos < this.bytes.length && this.bytes[this.pos] !== CLOSE_FLAGS) this.pos++;
      if (this.pos >= this.bytes.length) this.fail(`The choice of "${word.slice(0, 40)}" does not end.`);
      node.fields.set(word, this.bytes.subarray(start + 1, this.pos));
      this.pos++;
    } else if (isNumber(byte)) {
      while (this.pos < this.bytes.length) {
        this.word();
        if (!this.skipBlanks() || !isNumber(this.bytes[this.pos]!)) break;
      }
      node.fields.set(word, this.withoutComments(this.bytes.subarray(start, this.pos)));
    } else this.wordField(node, word, depth);
  }

  /** A value of one word: a choice, a truth value, a text without quotes; or a node, which fields of extensions hold. */
  private wordField(node: WorldNode, field: string, depth: number): void {
    const start = this.pos;
    if (!isLetter(this.bytes[start]!) && this.bytes[start] === CLOSE) {
      this.fail(`The field "${field.slice(0, 40)}" has no value.`, 'Give it one, or leave it out.');
    }
    const word = this.word();
    const end = this.pos;
    if (this.definition(word, depth + 1)) return;
    if (this.skipBlanks() && this.bytes[this.pos] === OPEN) this.node(word, '', depth + 1);
    else node.fields.set(field, this.bytes.subarray(start, end));
  }
}
