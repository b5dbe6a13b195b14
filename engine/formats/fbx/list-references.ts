import { toUtf8 } from '../decode-text.ts';
import { baseName } from '../model-file.ts';
import { DecodeBudget } from './decode-budget.ts';
import { type FbxNode, textAt } from './fbx-node.ts';
import { isBinaryFbx, parseBinaryFbx } from './parse-binary.ts';
import { parseTextFbx } from './parse-text.ts';

const REFERENCES = new Set(['RelativeFilename', 'FileName', 'Filename']);

/**
 * The files that an FBX file refers to, for finding them on a disk: relative paths with `/`, and for each path its
 * bare name, because most paths are those of the author's machine. Empty for a file that cannot be read.
 */
export function listFbxReferences(bytes: Uint8Array): string[] {
  const found = new Set<string>();
  const visit = (nodes: readonly FbxNode[]): void => {
    for (const node of nodes) {
      if (REFERENCES.has(node.name)) {
        const path = textAt(node, 0).replaceAll('\\', '/');
        if (path !== '' && !path.startsWith('/') && !/^[a-z]:/i.test(path)) found.add(path);
        if (path !== '') found.add(baseName(path));
      } else if (node.name === 'Objects' || node.name === 'Texture' || node.name === 'Video') visit(node.children);
    }
  };
  try {
    const budget = new DecodeBudget('', 1e9);
    const tree = isBinaryFbx(bytes) ? parseBinaryFbx(bytes, '', budget) : parseTextFbx(toUtf8(bytes), '', budget);
    visit(tree.nodes);
  } catch {
    // What is wrong with it is for the reader to say.
  }
  return [...found];
}
