import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { XmlReader } from './xml-reader.ts';

/** An element with everything below it. */
export interface XmlElement {
  /** Without its prefix. */
  name: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  parent: XmlElement | null;
  /** Its own text as bytes of the file, not decoded; of several pieces the longest. */
  text: Uint8Array;
}

/** What an element takes in memory, about. */
const ELEMENT_BYTES = 600;

const NOTHING = new Uint8Array(0);

/**
 * Reads a whole document into a tree. Long texts (lists of numbers) stay bytes.
 *
 * @throws MaquetteError `model_malformed` with the line, `model_too_large` for more elements than memory
 */
export function parseXmlTree(
  bytes: Uint8Array,
  file: string,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): XmlElement {
  const xml = new XmlReader(bytes, file, progress);
  let root = null as XmlElement | null;
  let current = null as XmlElement | null;
  let count = 0;
  for (let event = xml.next(); event !== 'end'; event = xml.next()) {
    if (event === 'open') {
      const element: XmlElement = {
        name: xml.localName,
        attributes: new Map(xml.listAttributes()),
        children: [],
        parent: current,
        text: NOTHING,
      };
      if ((++count & 0xfff) === 0) checkDecodedBytes(file, count * ELEMENT_BYTES, limits);
      if (current) current.children.push(element);
      else if (root) xml.fail('The document has two root elements.');
      else root = element;
      current = element;
    } else if (event === 'close') {
      current = current?.parent ?? null;
    } else if (current) {
      const text = xml.textBytes();
      if (text.length > current.text.length) current.text = text;
    }
  }
  return root ?? xml.fail('The document has no element.');
}

/** The first child of that name. */
export function child(element: XmlElement | null | undefined, name: string): XmlElement | null {
  return element?.children.find((candidate) => candidate.name === name) ?? null;
}

/** The element that a path of names leads to. */
export function descend(element: XmlElement | null, ...names: string[]): XmlElement | null {
  let at = element;
  for (const name of names) at = child(at, name);
  return at;
}

/** All children of that name. */
export function childrenOf(element: XmlElement | null, name: string): XmlElement[] {
  return element?.children.filter((candidate) => candidate.name === name) ?? [];
}

/** The text of an element without blanks around it. */
export function textOf(element: XmlElement | null): string {
  return element ? new TextDecoder().decode(element.text).trim() : '';
}
