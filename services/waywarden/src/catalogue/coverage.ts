/** How much of the called tools is known, by source; unknown ones by frequency. */
import {
  type Catalogue,
  callFacts,
  type DerivedFacts,
  type Format,
  FormatReader,
} from '@waywarden/ingest';
import { inputEventSchema } from '@waywarden/schemas';
import { readLines } from '../input/read-lines.ts';

type DecidedBy = DerivedFacts['decidedBy'];
export const SOURCES = [
  'operator',
  'catalogue',
  'activity',
  'annotation',
  'inferred',
  'nothing',
] as const;

export interface ToolCount {
  readonly tool: string;
  readonly server: string | null;
  readonly calls: number;
  readonly decided_by: DecidedBy;
}

export interface Coverage {
  readonly calls: number;
  readonly unreadable: number;
  readonly tools: number;
  readonly calls_by: Readonly<Record<DecidedBy, number>>;
  readonly tools_by: Readonly<Record<DecidedBy, number>>;
  readonly to_write: readonly ToolCount[];
}

/** An attacker may name more. */
const TOOLS_MAX = 100_000;
const LISTED_MAX = 20;

const noCounts = (): Record<DecidedBy, number> => ({
  operator: 0,
  catalogue: 0,
  activity: 0,
  annotation: 0,
  inferred: 0,
  nothing: 0,
});

export async function coverageOf(
  files: readonly string[],
  format: Format,
  catalogue: Catalogue,
): Promise<Coverage> {
  const tools = new Map<string, { readonly first: ToolCount; calls: number }>();
  const callsBy = noCounts();
  let calls = 0;
  let unreadable = 0;
  for (const file of files) {
    const reader = new FormatReader(format);
    for await (const line of readLines(file)) {
      for (const item of reader.read(line.text, line.number)) {
        const input = inputEventSchema.safeParse(item.input);
        if (!input.success) {
          unreadable += 1;
          continue;
        }
        const { decidedBy } = callFacts(input.data, catalogue);
        calls += 1;
        callsBy[decidedBy] += 1;
        const { name: tool, server } = input.data.tool ?? { name: `(${input.data.activity})` };
        const key = JSON.stringify([server, tool]);
        const known = tools.get(key);
        if (known !== undefined) known.calls += 1;
        else if (tools.size < TOOLS_MAX) {
          const first = { tool, server: server ?? null, calls: 1, decided_by: decidedBy };
          tools.set(key, { first, calls: 1 });
        }
      }
    }
  }
  const counted = [...tools.values()].map(({ first, calls: n }) => ({ ...first, calls: n }));
  const toolsBy = noCounts();
  for (const { decided_by: by } of counted) toolsBy[by] += 1;
  const toWrite = counted
    .filter(({ decided_by: by }) => by === 'annotation' || by === 'inferred' || by === 'nothing')
    .sort((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1))
    .slice(0, LISTED_MAX);
  return {
    calls,
    unreadable,
    tools: counted.length,
    calls_by: callsBy,
    tools_by: toolsBy,
    to_write: toWrite,
  };
}
