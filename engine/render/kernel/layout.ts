/**
 * Where everything lies in the kernel's memory. The kernel (AssemblyScript) and its host (TypeScript) both import this
 * file, so constants carry no type annotations and only numbers appear here. All offsets are bytes.
 */

export * from './layout/bake.ts';
export * from './layout/geometry.ts';
export * from './layout/header.ts';
export * from './layout/image.ts';
export * from './layout/lights.ts';
export * from './layout/materials.ts';
export * from './layout/memory.ts';
export * from './layout/path-tables.ts';
export * from './layout/splats.ts';
export * from './layout/tasks.ts';
