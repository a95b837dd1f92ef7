/** Comparing and choosing the arguments of what may be one call. */
import { isRecord } from '../json/path.ts';
import { conventionTable } from '../spans/convention-table.ts';

const LEAVES_MAX = 2_000;

function collect(value: unknown, leaves: string[]): void {
  if (leaves.length >= LEAVES_MAX || value === null || value === undefined) return;
  if (Array.isArray(value)) for (const one of value) collect(one, leaves);
  else if (isRecord(value)) for (const key of Object.keys(value)) collect(value[key], leaves);
  else leaves.push(String(value));
}

/** The values of arguments without their names, sorted: some clients drop or add the names. */
export function leavesOf(value: unknown): readonly string[] {
  const leaves: string[] = [];
  collect(value, leaves);
  return leaves.sort();
}

/** Text under which equal arguments meet; `''`: there are none to compare. */
export function argumentKey(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(leavesOf(value));
}

function weight(value: unknown): number {
  if (value === undefined || value === null || value === '') return -1;
  return (isRecord(value) ? 1_000_000 : 0) + leavesOf(value).length;
}

/** The one that says most; of equals the first. */
export function fullest(values: readonly unknown[]): unknown {
  let best: unknown;
  for (const value of values) if (weight(value) > weight(best)) best = value;
  return best;
}

/** `mcp__mail__read_mail`, `mail/read_mail` and `readMail` are the same tool to whoever compares. */
export function toolKey(tool: string): string {
  const last = tool.split(/__|\/|:|\./u).at(-1) ?? tool;
  return plain(last === '' ? tool : last);
}

export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** A tool's name with what comparing it with others needs. */
export interface ToolName {
  readonly plain: string;
  readonly key: string;
  /** An observer puts it where it does not tell the tool: it fits any. */
  readonly isOpen: boolean;
}

export function comparableToolName(tool: string): ToolName {
  const isOpen = tool === '' || conventionTable().placeholders.has(tool);
  return { plain: plain(tool), key: toolKey(tool), isOpen };
}

export function areSameTool(one: ToolName, other: ToolName): boolean {
  if (one.isOpen || other.isOpen || one.key === other.key) return true;
  return one.plain.endsWith(other.key) || other.plain.endsWith(one.key);
}

export function isSameTool(one: string, other: string): boolean {
  return areSameTool(comparableToolName(one), comparableToolName(other));
}
