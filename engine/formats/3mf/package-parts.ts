import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import type { ModelFile } from '../model-file.ts';
import { XmlReader } from '../xml/xml-reader.ts';
import { unpackZip } from '../zip/unpack-zip.ts';

const MODEL_TYPE = /\/3dmodel$/;

/** The parts of a 3MF package by path. */
export class PackageParts {
  private readonly parts = new Map<string, Uint8Array>();
  private readonly name: string;

  constructor(archive: ModelFile, limits: ModelLimits) {
    this.name = archive.name;
    for (const file of unpackZip(archive, limits)) this.parts.set(key(file.name), file.bytes);
  }

  find(path: string): Uint8Array | null {
    return this.parts.get(key(path)) ?? null;
  }

  /**
   * Path of the model where the package begins: what its relationships say, or else the usual place.
   *
   * @throws MaquetteError `model_malformed` where there is none
   */
  rootModel(): string {
    const relationships = this.find('_rels/.rels');
    if (relationships) {
      const xml = new XmlReader(relationships, `${this.name}/_rels/.rels`);
      for (let event = xml.next(); event !== 'end'; event = xml.next()) {
        if (event !== 'open' || xml.localName !== 'Relationship') continue;
        const target = xml.attribute('Target');
        if (target && MODEL_TYPE.test(xml.attribute('Type') ?? '') && this.find(target)) return target;
      }
    }
    const found = [...this.parts.keys()]
      .filter((path) => path.endsWith('.model'))
      .sort((a, b) => a.length - b.length)[0];
    if (found === undefined) throw modelMalformed(this.name, 'The 3MF package holds no model part.');
    return found;
  }
}

/** Names of parts differ in no more than case, and may be percent-encoded. */
function key(path: string): string {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // A lone percent sign stands for itself.
  }
  return decoded.replace(/^\/+/, '').toLowerCase();
}
