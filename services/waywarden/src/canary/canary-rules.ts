/** Registry and policy of the made-up agents, with one rule that acts. Detection is as shipped. */
import { type Policy, type Registry, registrySchema } from '@waywarden/schemas';
import { loadPolicy } from '../runtime/rule-files.ts';

export const CANARY_RECEIVER = 'waywarden-canary';

export const CANARY_AGENTS = {
  mail: 'spiffe://waywarden.proof/agent/mail',
  reader: 'spiffe://waywarden.proof/agent/reader',
  clerk: 'spiffe://waywarden.proof/agent/clerk',
  sender: 'spiffe://waywarden.proof/agent/sender',
} as const;

const GRANTS: Readonly<Record<keyof typeof CANARY_AGENTS, readonly string[]>> = {
  mail: ['ingest:untrusted', 'send:external'],
  reader: ['ingest:untrusted'],
  clerk: ['read:personal'],
  sender: ['send:external'],
};

export const CANARY_TOOLS = {
  read: { server: 'proof-inbox', name: 'read_inbox' },
  look: { server: 'proof-crm', name: 'get_customer' },
  send: { server: 'proof-mail', name: 'send_email' },
} as const;

const toolEntry = (
  { server, name }: { readonly server: string; readonly name: string },
  rest: Readonly<Record<string, unknown>>,
) => ({ match: { server, tool: name }, ...rest });

/** `key`: public. */
export function canaryRegistry(key: Readonly<Record<string, unknown>>): Registry {
  const names = ['mail', 'reader', 'clerk', 'sender'] as const;
  return registrySchema.parse({
    version: 1,
    agents: names.map((name) => ({
      uid: CANARY_AGENTS[name],
      class: 'autonomous',
      role: name,
      owner: { person: 'nobody', team: 'waywarden' },
      grants: [...GRANTS[name]],
    })),
    tools: [
      toolEntry(CANARY_TOOLS.read, {
        capabilities: [{ symbol: 'ingest:untrusted' }],
        effect: 'read',
        result_trust: 'untrusted',
      }),
      toolEntry(CANARY_TOOLS.look, {
        capabilities: [{ symbol: 'read:personal' }],
        effect: 'read',
        result_trust: 'trusted',
        sensitivity: 'restricted',
      }),
      toolEntry(CANARY_TOOLS.send, {
        capabilities: [{ symbol: 'send:external' }],
        effect: 'send',
        result_trust: 'trusted',
      }),
    ],
    receivers: [{ id: CANARY_RECEIVER, kind: 'kafka', key }],
  });
}

export function canaryPolicy(): Policy {
  const shipped = loadPolicy(undefined);
  return {
    ...shipped,
    // Of four agents one is more than a share.
    limits: { ...shipped.limits, subjects: 1000, fleet_share: 1 },
    rules: [
      {
        id: 'proof-hijack',
        when: { kind: ['hijack_suspected'], severity_min: 'high' },
        assurance_min: 'authenticated',
        mode: 'enforce',
        actions: [{ action: 'revoke_token', level: 'task' }],
        expires: '1h',
        drain: 'finish_unit_then_stop',
      },
    ],
  };
}
