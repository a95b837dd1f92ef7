import { describe, expect, it } from 'vitest';
import { inferTool } from './infer-tool.ts';

describe('inferTool', () => {
  it.each([
    ['get_customer', 'read', 'read:personal'],
    ['listSecrets', 'read', 'read:secret'],
    ['search_web', 'read', 'ingest:untrusted'],
    ['read_messages', 'read', 'ingest:untrusted'],
    ['get_invoice', 'read', 'read:financial'],
    ['sendNotification', 'send', 'send:external'],
    ['publish_article', 'send', 'publish:public'],
    ['transfer_funds', 'pay', 'initiate:payment'],
    ['send_money', 'pay', 'initiate:payment'],
    ['approve_payment', 'execute', 'approve:payment'],
    ['merge_branch', 'execute', 'approve:change'],
    ['delete_backup', 'delete', 'delete:backup'],
    ['disable_audit_log', 'configure', 'disable:logging'],
    ['create_api_key', 'create', 'create:credential'],
    ['create_user', 'create', 'create:identity'],
    ['add_payee', 'create', 'create:payee'],
    ['grant_role', 'grant', 'grant:access'],
    ['run_command', 'execute', 'exec:shell'],
    ['deploy_service', 'execute', 'deploy:production'],
    ['store_memory', 'unknown', undefined],
    ['drop_db', 'delete', 'delete:data'],
  ] as const)('%s has effect %s and can %s', (tool, effect, symbol) => {
    const facts = inferTool(tool);
    expect(facts.effect).toBe(effect);
    if (symbol === undefined) expect(facts.symbols).toEqual([]);
    else expect(facts.symbols).toContain(symbol);
  });

  it('says nothing of a name without a verb', () => {
    expect(inferTool('frobnicator')).toEqual({ effect: 'unknown', symbols: [], trust: 'unknown' });
    expect(inferTool('')).toEqual({ effect: 'unknown', symbols: [], trust: 'unknown' });
  });
});
