/**
 * `npm run baseline -- --events FILE --out FILE [--registry FILE]`: reads a stream of events, writes
 * the alert file that `waywarden evaluate … --alerts` scores. Exit 2 when a file can't be used.
 */
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { QuarantineAlerts, toolCall } from './quarantine-alerts.ts';

const USAGE = 'Usage: npm run baseline -- --events FILE --out FILE [--registry FILE]';

const registry = z.object({
  agents: z
    .array(
      z.object({
        uid: z.string(),
        profile: z.object({ tools: z.array(z.string()).optional() }).optional(),
      }),
    )
    .optional(),
});

function declaredTools(file: string | undefined): ReadonlyMap<string, readonly string[]> {
  if (file === undefined) return new Map();
  const { agents = [] } = registry.parse(parse(readFileSync(file, 'utf8')));
  return new Map(
    agents.flatMap(({ uid, profile }) =>
      profile?.tools === undefined ? [] : [[uid, profile.tools] as const],
    ),
  );
}

function jsonOf(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: is no JSON (${String(error)}). Give one event a line.`);
  }
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string' },
      registry: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (values.events === undefined || values.out === undefined) throw new Error(USAGE);
  const alerts = new QuarantineAlerts(declaredTools(values.registry));
  const lines: string[] = [];
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(values.events) })) {
    number++;
    const call = toolCall.safeParse(jsonOf(text, `${values.events}, line ${number}`));
    if (!call.success) {
      throw new Error(`${values.events}, line ${number}: ${z.prettifyError(call.error)}`);
    }
    const ended = alerts.add(call.data);
    if (ended !== undefined) lines.push(JSON.stringify(ended));
  }
  lines.push(...alerts.finish().map((one) => JSON.stringify(one)));
  writeFileSync(values.out, lines.map((line) => `${line}\n`).join(''));
  process.stdout.write(`${lines.length} alerts on ${number} events in ${values.out}\n`);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`baseline: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
