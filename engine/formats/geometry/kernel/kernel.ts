// Entry of the mesh kernel: shares corners of triangles and computes normals. The host lays out the memory and calls for
// parts of the work, so that it can tell how far it is, and so that better code takes over as soon as it is compiled.

export { countVertices, openTable } from './weld';
export { weldPoints } from './points';
export { countContradicting, openStl, stlAttributes, weldStl } from './stl';
export { countCorners, endOfList, listCorners, openCorners, sumCounts } from './corners';
export { countNewVertices, finishIndices, firstSplit, openNewVertices } from './new-vertices';
export { openRing, ringBytes } from './ring';
export { pairMapBytes } from './pair-map';
export { openShading, shadeVertices } from './shade';
export { probeAcos } from './probe';
