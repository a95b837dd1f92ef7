/** Folders that import one another in a circle: the strongly connected parts of more than one folder (Tarjan 1972). */
import { dirname } from 'node:path';

/** Arrows between folders, from files with the paths that they import. */
export function foldersOf(files) {
  const arrows = new Map();
  for (const { path, imports } of files) {
    const from = dirname(path);
    if (!arrows.has(from)) arrows.set(from, new Set());
    for (const to of imports.map((one) => dirname(one))) {
      if (to !== from) arrows.get(from).add(to);
    }
  }
  return arrows;
}

export function cyclesOf(arrows) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const cycles = [];
  const visit = (folder) => {
    index.set(folder, index.size);
    low.set(folder, index.get(folder));
    stack.push(folder);
    for (const to of arrows.get(folder) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(folder, Math.min(low.get(folder), low.get(to)));
    }
    if (low.get(folder) !== index.get(folder)) return;
    const part = stack.splice(stack.indexOf(folder));
    if (part.length > 1) cycles.push(part.sort());
  };
  for (const folder of [...arrows.keys()].sort()) if (!index.has(folder)) visit(folder);
  return cycles;
}
