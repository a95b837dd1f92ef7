/**
 * What a chain then holds or has changed: read off the capabilities of the calls that prove it, by
 * the table of docs/benchmarks-fleet.md, and nothing else.
 */
import type { SimulatedEvent } from '../simulated-event.ts';

const BULK = 500;

/** Capability, what it leaves behind, and what would make that unusable. */
const TABLE: readonly (readonly [RegExp, what: string, action?: string])[] = [
  [/^read:secret$/, 'secret_read', 'rotate_secret'],
  [/^read:(?:personal|financial|source_code)$/, 'data_read'],
  [/^create:credential$/, 'credential_created', 'revoke_credential'],
  [/^create:identity$/, 'identity_created', 'open_case'],
  [/^grant:access$/, 'access_granted', 'revoke_grant'],
  [/^(?:send:external|publish:public)$/, 'data_sent', 'open_case'],
  [/^(?:disable:logging|write:config)$/, 'config_changed', 'open_case'],
  [/^modify:agent$/, 'agent_modified', 'open_case'],
  [/^write:memory$/, 'memory_written', 'quarantine_origin'],
  [/^deploy:production$/, 'code_deployed', 'open_case'],
  [/^(?:create:payee|initiate:payment|approve:payment)$/, 'payment_set_up', 'hold_payment'],
  [/^exec:(?:shell|code)$/, 'code_executed', 'open_case'],
];

/** Effects that may have happened though the answer never came. */
const LASTING = new Set(['send', 'pay', 'grant', 'create', 'delete', 'execute']);

function exercised({ outcome, effect, args }: SimulatedEvent): boolean {
  if (args?.features?.['dry_run'] === true) return false;
  return outcome === 'success' || (outcome !== 'denied' && LASTING.has(effect));
}

function symbolsOf(event: SimulatedEvent): readonly string[] {
  const symbols = (event.capabilities ?? []).map((c) => c.symbol);
  const records = event.args?.features?.['records'];
  const bulk = typeof records === 'number' && records >= BULK;
  // Much that is internal is worth taking.
  return bulk && symbols.includes('read:internal') ? [...symbols, 'read:personal'] : symbols;
}

export interface Residual {
  readonly residual_access: readonly string[];
  readonly neutralise: readonly { readonly what: string; readonly action: string }[];
}

export function residualOf(proof: readonly SimulatedEvent[]): Residual {
  const symbols = proof.filter(exercised).flatMap(symbolsOf);
  const left = TABLE.filter(([capability]) => symbols.some((s) => capability.test(s)));
  return {
    residual_access: left.map(([, what]) => what),
    neutralise: left.flatMap(([, what, action]) =>
      action === undefined ? [] : [{ what, action }],
    ),
  };
}
