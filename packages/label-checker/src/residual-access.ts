/**
 * What a chain holds after a completion, and what would make it unusable: the table of
 * docs/benchmarks-fleet.md ("Residual access"), row by row.
 *
 * "Each call of the proof that is exercised or possibly exercised adds what its capabilities say; a
 * denied call and a dry run add nothing; connecting calls count like steps. Each `what` is named once."
 */
import { matchesGrant } from '@waywarden/schemas';
import { type Call, didHappen } from './call.ts';
import type { Limits } from './stream.ts';

interface Row {
  readonly capabilities: readonly string[];
  /** "if `features.records` is bulk". */
  readonly bulk?: boolean;
  readonly what: string;
  readonly neutralise?: string;
}

const ROWS: readonly Row[] = [
  { capabilities: ['read:secret'], what: 'secret_read', neutralise: 'rotate_secret' },
  { capabilities: ['read:personal', 'read:financial', 'read:source_code'], what: 'data_read' },
  { capabilities: ['read:internal'], bulk: true, what: 'data_read' },
  {
    capabilities: ['create:credential'],
    what: 'credential_created',
    neutralise: 'revoke_credential',
  },
  { capabilities: ['create:identity'], what: 'identity_created', neutralise: 'open_case' },
  { capabilities: ['grant:access'], what: 'access_granted', neutralise: 'revoke_grant' },
  { capabilities: ['send:external', 'publish:public'], what: 'data_sent', neutralise: 'open_case' },
  {
    capabilities: ['disable:logging', 'write:config'],
    what: 'config_changed',
    neutralise: 'open_case',
  },
  { capabilities: ['modify:agent'], what: 'agent_modified', neutralise: 'open_case' },
  { capabilities: ['write:memory'], what: 'memory_written', neutralise: 'quarantine_origin' },
  { capabilities: ['deploy:production'], what: 'code_deployed', neutralise: 'open_case' },
  {
    capabilities: ['create:payee', 'initiate:payment', 'approve:payment'],
    what: 'payment_set_up',
    neutralise: 'hold_payment',
  },
  { capabilities: ['exec:shell', 'exec:code'], what: 'code_executed', neutralise: 'open_case' },
];

export interface Neutraliser {
  readonly what: string;
  readonly action: string;
}

export interface ResidualAccess {
  readonly what: readonly string[];
  /** "one entry for each `what` whose row names an action, in the table's order". */
  readonly neutralise: readonly Neutraliser[];
}

function adds(row: Row, call: Call, limits: Limits): boolean {
  if (row.bulk === true && (call.records ?? 0) < limits.bulkRecords) return false;
  return call.capabilities.some((symbol) =>
    row.capabilities.some((pattern) => matchesGrant(pattern, symbol)),
  );
}

export function residualAccessOf(proof: readonly Call[], limits: Limits): ResidualAccess {
  const done = proof.filter(didHappen);
  const rows = ROWS.filter((row) => done.some((call) => adds(row, call, limits)));
  return {
    what: [...new Set(rows.map((row) => row.what))],
    neutralise: rows.flatMap(({ what, neutralise }) =>
      neutralise === undefined ? [] : [{ what, action: neutralise }],
    ),
  };
}
