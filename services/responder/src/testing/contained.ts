/** An order that was just given, for tests of what may be said of it and what follows upon it. */
import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import { containmentView } from '../core/containment/containment-state.ts';
import { targetActionKey } from '../core/model/action-target.ts';
import { issuedCommand, openCommand } from '../core/model/issued-command.ts';
import {
  alertEntry,
  at,
  Journal,
  type PolicyOver,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  sha256,
  TENANT,
} from './response-fixtures.ts';

export const MINUTE_MS = 60_000;
const AGENT = { uid: 'agent-a', class: 'autonomous' };
const RECEIVERS = [
  { id: 'gateway', kind: 'http' },
  { id: 'idp', kind: 'http', issuer: true, required: false },
];

export class Contained extends Journal {
  constructor(policy: PolicyOver = {}, receivers: readonly object[] = RECEIVERS) {
    super();
    this.add(registryEntry({ receivers, agents: [AGENT] }), policyEntry(policy), alertEntry('a'));
  }

  command(action: string): RevocationCommand {
    const found = this.commands.find((one) => one.action === action);
    if (found === undefined) throw new Error(`No ${action} was commanded.`);
    return found;
  }

  say(action: string, receiver: string, over: Partial<Receipt> = {}): void {
    const applied = { receiver, state: 'applied', applied_at: at(1000), ...over } as const;
    this.add(receiptEntry(this.command(action), applied));
  }

  noteNothingSeen(action: string): void {
    const { command_id } = this.command(action);
    const unanswered = { tenant_id: TENANT, command_id, at: at(MINUTE_MS) };
    this.add({ kind: 'unanswered', unanswered });
  }

  view(action: string, ms = 3000) {
    const issued = issuedCommand(this.transaction, this.command(action).command_id);
    if (issued === undefined) throw new Error('It was forgotten.');
    const nowMs = Date.parse(START) + ms;
    const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-a' };
    const key = targetActionKey(target, 'block_issuance', sha256);
    const issuance = openCommand(this.transaction, key, nowMs);
    return containmentView(issued, { issuance, nowMs });
  }

  state(action = 'revoke_token', ms?: number): string {
    return this.view(action, ms).state;
  }
}

export const BOTH = {
  rules: [
    {
      actions: [
        { action: 'revoke_token', level: 'task' },
        { action: 'block_issuance', level: 'agent' },
      ],
    },
  ],
};
export const BLOCK = { rules: [{ actions: [{ action: 'disable_agent', level: 'agent' }] }] };
