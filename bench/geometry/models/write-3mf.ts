import { zipSync } from 'fflate';
import type { BallMesh } from './terrain-ball.ts';
import { TextFile } from './text-file.ts';

const CORE = 'http://schemas.microsoft.com/3dmanufacturing/core/2015/02';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** A 3MF package with one object, as slicers write it. */
export function write3mf({ positions, indices }: BallMesh): Uint8Array {
  const model = new TextFile();
  model.line('<?xml version="1.0" encoding="UTF-8"?>');
  model.line(`<model unit="millimeter" xml:lang="en-US" xmlns="${CORE}">`);
  model.line('<resources><object id="1" type="model"><mesh><vertices>');
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [0, 1, 2].map((k) => positions[i + k]!.toFixed(6));
    model.line(`<vertex x="${x}" y="${y}" z="${z}"/>`);
  }
  model.line('</vertices><triangles>');
  for (let i = 0; i < indices.length; i += 3) {
    model.line(`<triangle v1="${indices[i]}" v2="${indices[i + 1]}" v3="${indices[i + 2]}"/>`);
  }
  model.line('</triangles></mesh></object></resources>');
  model.line('<build><item objectid="1"/></build></model>');
  const encode = (text: string) => new TextEncoder().encode(text);
  return zipSync({
    '[Content_Types].xml': encode(
      '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>',
    ),
    '_rels/.rels': encode(
      `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${RELATIONSHIPS}"><Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>`,
    ),
    '3D/3dmodel.model': model.bytes(),
  });
}
