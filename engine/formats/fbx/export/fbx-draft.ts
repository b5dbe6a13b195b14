import type { FbxText, TextWriter } from './text-writer.ts';

/** An object of an FBX file. */
interface DraftObject {
  kind: string;
  id: number;
  title: string;
  subtype: string;
  body: (writer: TextWriter) => void;
}

/** Ids that objects begin with; smaller ones are used for the document. */
const FIRST_ID = 1_000_000;

/** Objects and connections of a file to be written. Ids rise in the order in which objects are added. */
export class FbxDraft {
  readonly #objects: DraftObject[] = [];
  readonly #connections: FbxText[][] = [];

  /**
   * @param kind of node that it becomes: `Model`, `Geometry`
   * @param prefix in front of its name: `Model`, `SubDeformer`
   * @returns its id
   */
  add(kind: string, prefix: string, name: string, subtype: string, body: (writer: TextWriter) => void): number {
    const id = FIRST_ID + this.#objects.length;
    this.#objects.push({ kind, id, title: `${prefix}::${plainName(name)}`, subtype, body });
    return id;
  }

  /** Hangs an object under another (0: the scene), or on a property of it. */
  connect(child: number, parent: number, property?: string): void {
    this.#connections.push(property === undefined ? ['OO', child, parent] : ['OP', child, parent, property]);
  }

  write(writer: TextWriter): void {
    const counts = new Map<string, number>([['GlobalSettings', 1]]);
    for (const { kind } of this.#objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    writer.block('Definitions', [], () => {
      writer.node('Version', 100);
      writer.node('Count', this.#objects.length + 1);
      for (const [kind, count] of counts) writer.block('ObjectType', [kind], () => writer.node('Count', count));
    });
    writer.block('Objects', [], () => {
      for (const { kind, id, title, subtype, body } of this.#objects)
        writer.block(kind, [id, title, subtype], () => body(writer));
    });
    writer.block('Connections', [], () => {
      for (const [type, child, parent, ...property] of this.#connections)
        writer.node('C', type!, child!, parent!, ...property);
    });
  }
}

/** A name without what ends a line or separates names from kinds. */
function plainName(name: string): string {
  return name.replaceAll('::', ':').replaceAll(/\p{Cc}+/gu, ' ');
}
