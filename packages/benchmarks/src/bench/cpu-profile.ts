/** A CPU profile of some work, written for Chrome's tools, and where its time went by folder. */
import { writeFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector/promises';

export interface Share {
  readonly name: string;
  readonly milliseconds: number;
  readonly share: number;
}

export interface ProfileSummary {
  readonly folders: readonly Share[];
  readonly functions: readonly Share[];
}

const FUNCTIONS_SHOWN = 25;
const SAMPLE_EVERY_US = 500;

/** `services/ingest/core/digest` of our own files, the package of others, Node's own as `node`. */
function folderOf(url: string): string {
  const own = /\/(services|packages|schemas)\/(.*)\/[^/]*$/.exec(url);
  if (own !== null && !url.includes('/node_modules/')) {
    return `${own[1]}/${own[2]}`.replace(/\/(dist|src)(?=\/|$)/, '');
  }
  const foreign = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (foreign !== null) return foreign[1] ?? url;
  return url.startsWith('node:') ? 'node' : 'generated code and V8';
}

function sharesOf(times: ReadonlyMap<string, number>, total: number): readonly Share[] {
  return [...times]
    .map(([name, us]) => ({ name, milliseconds: us / 1000, share: us / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Self time by folder and function; what the process waited is left out. */
export function summarise(profile: Profiler.Profile): ProfileSummary {
  const byId = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const folders = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  profile.samples?.forEach((id, at) => {
    const frame = byId.get(id);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const us = profile.timeDeltas?.[at] ?? 0;
    const inside = frame.functionName.startsWith('(');
    const folder = inside ? frame.functionName : folderOf(frame.url);
    const name = `${frame.functionName || '(anonymous)'} (${folder})`;
    folders.set(folder, (folders.get(folder) ?? 0) + us);
    if (!inside) functions.set(name, (functions.get(name) ?? 0) + us);
    total += us;
  });
  return {
    folders: sharesOf(folders, total),
    functions: sharesOf(functions, total).slice(0, FUNCTIONS_SHOWN),
  };
}

export async function profiled<T>(
  file: string,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly summary: ProfileSummary }> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
    await session.post('Profiler.start');
    const value = await work();
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    return { value, summary: summarise(profile) };
  } finally {
    session.disconnect();
  }
}
