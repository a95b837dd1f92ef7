// Who reports: gateways, kits and proxies that each leave something out, and a target's own audit.
import type { Source } from './types.ts';

const everything = 'bytes records tokens duration net approvals seq defs model request version';

function source(kind: string, instance: string, lacks: string, more = ''): Source {
  const missing = lacks.split(' ');
  const has = `${everything} ${more}`.split(' ').filter((f) => f && !missing.includes(f));
  return { kind, instance, has: new Set(has), uid: `gateway/${instance}` };
}

export const auditSources: readonly Source[] = [
  source(
    'cloudtrail',
    'trail-main',
    'tokens approvals seq defs model request version duration records',
  ),
];

export function drawSources(): Source[] {
  return [
    source('gateway', 'gw-eu-1', '', 'beat'),
    source('gateway', 'gw-us-1', '', 'beat'),
    source('gateway', 'gw-apac-1', 'bytes records'),
    source('otlp_span', 'sdk-python', 'net seq defs'),
    source('sdk', 'sdk-typescript', 'approvals duration seq'),
    source('mcp_proxy', 'hub-1', 'tokens duration model', 'beat'),
    source(
      'gateway',
      'legacy-proxy',
      'bytes records tokens duration seq request defs model',
      'coarse',
    ),
  ];
}
