/** Comparing arguments of calls. */
import { isRecord } from '../json/path.ts';
import { conventionTable } from '../spans/convention-table.ts';

const LEAVES_MAX = 2_000;

function collect(value: unknown, leaves: string[]): void {
  if (leaves.length >= LEAVES_MAX || value === null || value === undefined) return;
  if (Array.isArray(value)) for (const one of value) collect(one, leaves);
  else if (isRecord(value)) for (const key of Object.keys(value)) collect(value[key], leaves);
  else leaves.push(String(value));
}

/** Without names, sorted: clients drop or add them. */
export function leavesOf(value: unknown): readonly string[] {
  const leaves: string[] = [];
  collect(value, leaves);
  return leaves.sort();
}

/** `''`: none. */
export function argumentKey(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(leavesOf(value));
}

function weight(value: unknown): number {
  if (value === undefined || value === null || value === '') return -1;
  return (isRecord(value) ? 1_000_000 : 0) + leavesOf(value).length;
}

/** Of equals the first. */
export function fullest(values: readonly unknown[]): unknown {
  let best: unknown;
  for (const value of values) if (weight(value) > weight(best)) best = value;
  return best;
}

/** `mcp__mail__read_mail`, `mail/read_mail`, `readMail` are one. */
export function toolKey(tool: string): string {
  const last = tool.split(/__|\/|:|\./u).at(-1) ?? tool;
  return plain(last === '' ? tool : last);
}

export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

export interface ToolName {
  readonly plain: string;
  readonly key: string;
  /** It fits any. */
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
