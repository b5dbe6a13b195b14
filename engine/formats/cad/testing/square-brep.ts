/** One square face of 10 × 10 in the BREP text format. Shapes are numbered from the last. */
export const SQUARE_BREP = (() => {
  const corners = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const directions = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  const vertices = corners.map(([x, y]) => `Ve\n1e-07\n${x} ${y} 0\n0 0\n\n0101101\n*`);
  const edges = corners.map(
    (_, i) => `Ed\n 1e-07 1 1 0\n1  ${i + 1} 0 0 10\n0\n\n0101000\n+${10 - i} 0 -${10 - ((i + 1) % 4)} 0 *`,
  );
  const curves = corners.map(([x, y], i) => `1 ${x} ${y} 0 ${directions[i]!.join(' ')} 0 `);
  return [
    'DBRep_DrawableShape',
    '',
    'CASCADE Topology V1, (c) Matra-Datavision',
    'Locations 0',
    'Curve2ds 0',
    'Curves 4',
    ...curves,
    'Polygon3D 0',
    'PolygonOnTriangulations 0',
    'Surfaces 1',
    '1 0 0 0 0 0 1 1 0 0 0 1 0 ',
    'Triangulations 0',
    '',
    'TShapes 10',
    ...vertices,
    ...edges,
    'Wi',
    '',
    '0101100',
    '+6 0 +5 0 +4 0 +3 0 *',
    'Fa',
    '0  1e-07 1 0',
    '',
    '0111000',
    '+2 0 *',
    '',
    '+1 0 ',
    '0',
    '',
  ].join('\n');
})();
