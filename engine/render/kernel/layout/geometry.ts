// Trees, triangles, meshes and their instances.

// Node of the tree: bounds of four children (lo x y z, hi x y z; four lanes each), then four references.
export const NODE_BYTES = 128;
export const NODE_CHILDREN = 96;

// A reference to a child, 32 bits: the top two bits tell the kind.
/** `REF_LEAF | block index`: four triangles. Kinds: 0x (node index), 10 (leaf), 11 (instance). */
export const REF_LEAF = 0x80000000;
export const REF_INSTANCE = 0xc0000000;
export const REF_INDEX = 0x3fffffff;
/** Bit of a reference to a leaf: its block holds round things (spheres and capsules) instead of triangles. */
export const REF_ROUND = 0x20000000;
export const REF_BLOCK = 0x1fffffff;

// Block of four triangles: v0 x y z, e1 x y z, e2 x y z (four lanes each), then four ids.
export const BLOCK_BYTES = 160;
export const BLOCK_IDS = 144;
/** Bit of a triangle's id: single-sided, hits from behind do not count. */
export const ID_CULL = 0x80000000;
/** Bit of a triangle's id: its surface may let light through (alpha mask, blend, transmission). */
export const ID_POROUS = 0x40000000;
/** Bit of a triangle's id: it is no triangle but a capsule about its first edge, a sphere where that has no length. */
export const ID_ROUND = 0x20000000;
export const ID_INDEX = 0x1fffffff;

// Triangle: three vertex indices and its material.
export const TRIANGLE_BYTES = 16;

// Vertex: normal f32x3, tangent f32x4, uv0 f32x2, uv1 f32x2, colour u16x4 (unsigned normalised, linear).
export const VERTEX_BYTES = 52;
export const V_TANGENT = 12;
/** Of a round thing's vertex, in place of the tangent: its radius. */
export const V_RADIUS = 12;
export const V_UV = 28;
export const V_COLOR = 44;

// Mesh: a range of triangles with a tree of its own.
export const MESH_BYTES = 96;
export const MESH_TRIANGLE_FIRST = 0;
export const MESH_TRIANGLE_COUNT = 4;
/** Address of the positions (f32x3 by vertex index), read when the tree is built or refitted and by framing. */
export const MESH_POSITIONS = 8;
export const MESH_VERTEX_COUNT = 12;
/** Nodes and blocks that the tree may fill: see `blockCapacity` and `nodeCapacity` in memory-plan.ts. */
export const MESH_NODE_FIRST = 16;
export const MESH_BLOCK_FIRST = 24;
export const MESH_BLOCK_CAPACITY = 28;
/** Address of `REF_BYTES` per triangle, used only while the tree is built. */
export const MESH_REFS = 32;
/** Results: root reference, blocks and nodes used. */
export const MESH_ROOT = 36;
export const MESH_BLOCKS_USED = 40;
export const MESH_NODES_USED = 44;
/** Index that the mesh's vertex index 0 has in the vertex array. */
export const MESH_VERTEX_FIRST = 48;
/** Triangles that can be hit (finite, not degenerate, indices in range). Written by the kernel. */
export const MESH_TRIANGLES_USED = 52;
/** Ranges of triangles whose references are not written yet; the kernel's own. */
export const MESH_RANGES_OPEN = 56;
/**
 * Expected cost of a ray through the tree by the surface-area heuristic, f32: boxes it enters, given that it enters the
 * mesh's. As built (0 before the first refit), and after the last refit.
 */
export const MESH_COST_BUILT = 60;
export const MESH_COST = 64;
/** Non-zero: the mesh's vertices move, and `TASK_REBUILD` or `TASK_REFIT` brings its tree up to date. */
export const MESH_DEFORMS = 68;
/** Times that `TASK_REFIT` built the tree anew. */
export const MESH_REBUILDS = 72;
/** While it is refitted: triangles that can be hit now, subtrees, those not done yet. */
export const MESH_TRIANGLES_MOVED = 76;
export const MESH_SUBTREES = 80;
export const MESH_SUBTREES_OPEN = 84;
/** Non-zero: its triangles are round things (`ID_ROUND`). */
export const MESH_ROUND = 88;
/** Non-zero: some of its triangles may shine. */
export const MESH_SHINES = 92;
/** Reference to a triangle or instance while a tree is built: lowest corner, index; highest corner, unused. */
export const REF_BYTES = 32;
/** References that a thread writes at once. */
export const RANGE_REFS = 16384;
/** Set of references that waits to be split. */
export const SET_BYTES = 32;
/** Sets of fewer references do not wait: the thread that split them off builds them. */
export const SET_MIN = 1024;

// Instance: a mesh under an affine transform.
export const INSTANCE_BYTES = 128;
/** 3 × 4, row by row: mesh to render space. */
export const INSTANCE_TO_WORLD = 0;
/** 3 × 4, row by row: render to mesh space. */
export const INSTANCE_TO_MESH = 48;
export const INSTANCE_MESH = 96;
/** What the transform is: `INSTANCE_GENERAL`, `INSTANCE_IDENTITY`, or `INSTANCE_MIRRORED` (negative determinant). */
export const INSTANCE_KIND = 100;
export const INSTANCE_GENERAL = 0;
export const INSTANCE_IDENTITY = 1;
export const INSTANCE_MIRRORED = 2;
export const INSTANCE_ROOT = 104;
