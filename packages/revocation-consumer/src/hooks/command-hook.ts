/**
 * A coding agent's hook as a command: standard input goes to the gate, its answer to standard
 * output, exit code 0. Without a gate `--when-stale` decides: `open` or `closed`.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

const USAGE =
  'waywarden-hook [--gate http://127.0.0.1:8089] [--event NAME] [--when-stale open|closed]';
const GATE = 'http://127.0.0.1:8089';
/** Clients wait for a hook for thirty seconds or longer. */
const ANSWER_MS = 10_000;

interface Streams {
  readonly input: AsyncIterable<string | Uint8Array>;
  readonly output: (text: string) => void;
  readonly errors: (text: string) => void;
}

interface Asked {
  readonly gate: string;
  readonly event: string | undefined;
  readonly payload: string;
}

async function ask({ gate, event, payload }: Asked): Promise<string> {
  const query = event === undefined ? '' : `?event=${encodeURIComponent(event)}`;
  const answer = await fetch(`${gate.replace(/\/$/u, '')}/hooks${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: payload,
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const claimed = await answer.text();
  if (!answer.ok) throw new Error(`it answered ${answer.status} ${claimed}`);
  return claimed;
}

/** Loaded only then: a hook that is answered must not wait for it. */
async function denial({ event, payload }: Asked, reason: string): Promise<object> {
  const { HookDenials } = await import('@waywarden/agent-telemetry/enforcement');
  return new HookDenials().answer(JSON.parse(payload), event, reason) ?? {};
}

async function withoutGate(asked: Asked, why: unknown, whenStale: string): Promise<string> {
  if (whenStale === 'open') return '{}';
  const reason = `Waywarden's gate at ${asked.gate} was not reached: ${String(why)}. Calls are refused until it is.`;
  return JSON.stringify(await denial(asked, reason));
}

export async function runCommandHook(args: readonly string[], streams: Streams): Promise<number> {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { gate: option, event: option, 'when-stale': option },
    });
    const { gate = GATE, event, 'when-stale': whenStale = 'open' } = values;
    if (whenStale !== 'open' && whenStale !== 'closed') {
      throw new Error(`--when-stale is open or closed, and not ${JSON.stringify(whenStale)}.`);
    }
    const asked = { gate, event, payload: await text(streams.input) };
    const answered = await ask(asked).catch((error: unknown) => {
      const what = whenStale === 'open' ? 'lets the call pass' : 'refuses the call';
      streams.errors(
        `The gate at ${gate} was not reached (${String(error)}): --when-stale ${whenStale} ${what}.\n`,
      );
      return withoutGate(asked, error, whenStale);
    });
    streams.output(`${answered}\n`);
    return 0;
  } catch (error) {
    // Read by clients as "refused": a hook that is set up wrongly must not let anything pass.
    streams.errors(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    return 2;
  }
}
