import { catalogueFileSchema, type InputEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { callFacts } from '../core/enrich/call-facts.ts';
import { catalogueSources, loadCatalogue } from './catalogue-files.ts';

const catalogue = loadCatalogue({ organisation: ['acme.example'] });

function factsOf(server: string | undefined, tool: string, args: unknown) {
  const input: InputEvent = {
    event_time: '2026-01-01T00:00:00Z',
    activity: 'tool_call',
    agent: { uid: 'a' },
    tool: { name: tool, ...(server !== undefined && { server }) },
    ...(args !== undefined && { args: { value: args } }),
  };
  return callFacts(input, catalogue);
}

type Row = readonly [
  server: string | undefined,
  tool: string,
  effect: string,
  symbols: string,
  args?: unknown,
];

/** Written from what each tool does, not from the catalogue. */
const KNOWN: readonly Row[] = [
  // Mail and chat.
  ['gmail', 'search_emails', 'read', 'ingest:untrusted read:internal read:personal'],
  [
    undefined,
    'send_gmail_message',
    'send',
    'send:external send:internal',
    { to: 'x@evil.example' },
  ],
  [undefined, 'send_gmail_message', 'send', 'send:internal', { to: 'bo@acme.example' }],
  ['gmail', 'draft_email', 'update', 'write:data'],
  ['ms-365', 'create-mail-rule', 'configure', 'write:config send:external'],
  ['ms-365', 'delete-mail-message', 'delete', 'delete:data'],
  ['imap-bridge', 'fetch_messages', 'read', 'ingest:untrusted read:internal read:personal'],
  ['slack', 'conversations_replies', 'read', 'ingest:untrusted read:internal'],
  ['slack', 'slack_post_message', 'send', 'send:internal'],
  ['slack', 'usergroups_users_update', 'grant', 'grant:access'],
  ['discord', 'discord_send', 'send', 'send:external'],
  ['teams', 'list-channel-messages', 'read', 'ingest:untrusted read:internal'],
  ['google-calendar', 'create-event', 'create', 'write:data', { summary: 'lunch' }],
  [
    'google-calendar',
    'create-event',
    'create',
    'write:data send:external send:internal',
    { attendees: ['x@evil.example'] },
  ],
  // Files.
  ['filesystem', 'read_text_file', 'read', 'ingest:untrusted read:internal'],
  ['filesystem', 'write_file', 'update', 'write:data'],
  [
    'google-workspace',
    'share_drive_file',
    'grant',
    'grant:access send:external',
    { share_with: 'x@evil.example', type: 'user' },
  ],
  [
    'google-workspace',
    'share_drive_file',
    'grant',
    'grant:access publish:public send:external',
    { type: 'anyone' },
  ],
  ['s3', 'delete_object', 'delete', 'delete:data'],
  ['dropbox', 'create_shared_link', 'grant', 'grant:access publish:public'],
  // Databases.
  ['postgres', 'query', 'update', 'read:internal write:data'],
  ['postgres', 'query', 'read', 'read:internal', { sql: 'SELECT 1' }],
  ['postgres', 'query', 'update', 'read:internal write:data', { sql: 'CALL refresh()' }],
  ['postgres', 'query', 'delete', 'read:internal write:data delete:data', { sql: 'DROP TABLE t' }],
  ['sqlite', 'read_query', 'read', 'read:internal'],
  ['sqlite', 'read_query', 'delete', 'read:internal delete:data', { query: 'DROP TABLE t' }],
  [undefined, 'execute_sql', 'update', 'read:internal write:data'],
  [
    'warehouse-7',
    'execute_sql',
    'grant',
    'read:internal write:data grant:access',
    { statements: ['SELECT 1', 'GRANT ALL ON t TO bob'] },
  ],
  ['db', 'run_query', 'delete', 'read:internal write:data delete:data', 'DELETE FROM t'],
  ['mongodb', 'delete-many', 'delete', 'delete:data'],
  ['mongodb', 'atlas-create-db-user', 'create', 'create:identity create:credential'],
  ['redis', 'hset', 'update', 'write:data'],
  ['clickhouse', 'run_select_query', 'read', 'read:internal'],
  ['snowflake', 'drop_object', 'delete', 'delete:data'],
  ['bigquery', 'execute_sql', 'update', 'read:internal write:data'],
  // Customers.
  ['salesforce', 'salesforce_query_records', 'read', 'ingest:untrusted read:personal'],
  ['salesforce', 'salesforce_dml_records', 'update', 'write:data', { operation: 'insert' }],
  ['salesforce', 'salesforce_execute_anonymous', 'execute', 'exec:code'],
  ['hubspot', 'hubspot-batch-update-objects', 'update', 'write:data'],
  ['zendesk', 'get_ticket', 'read', 'ingest:untrusted read:personal'],
  ['zendesk', 'create_ticket_comment', 'send', 'send:external write:data'],
  // Code.
  ['github', 'issue_read', 'read', 'ingest:untrusted read:source_code'],
  ['github', 'get_file_contents', 'read', 'read:source_code'],
  ['github', 'merge_pull_request', 'update', 'approve:change write:source_code'],
  ['github', 'list_secret_scanning_alerts', 'read', 'read:secret'],
  ['github', 'issue_write', 'send', 'publish:public write:data'],
  [undefined, 'mcp__github__run_workflow', 'execute', 'deploy:production'],
  ['gitlab', 'create_merge_request', 'update', 'write:source_code'],
  ['bitbucket', 'bb_approve_pr', 'update', 'approve:change write:source_code'],
  // Delivery and cloud.
  ['jenkins', 'triggerBuild', 'execute', 'deploy:production'],
  ['argocd-mcp', 'sync_application', 'execute', 'deploy:production'],
  ['terraform', 'search_providers', 'read', 'read:public'],
  ['terraform', 'apply_run', 'execute', 'deploy:production write:config'],
  ['aws-api', 'call_aws', 'execute', 'exec:shell'],
  ['kubernetes', 'pods_exec', 'execute', 'exec:shell'],
  ['kubernetes', 'resources_get', 'read', 'read:internal', { kind: 'Deployment' }],
  ['kubernetes', 'resources_get', 'read', 'read:internal read:secret', { kind: 'Secret' }],
  ['cloudtrail.amazonaws.com', 'StopLogging', 'configure', 'disable:logging'],
  ['iam.amazonaws.com', 'CreateAccessKey', 'create', 'create:credential'],
  ['secretsmanager.amazonaws.com', 'GetSecretValue', 'read', 'read:secret'],
  ['ec2.amazonaws.com', 'DescribeInstances', 'read', 'read:internal'],
  // Money.
  ['stripe', 'create_refund', 'pay', 'initiate:payment'],
  ['paypal', 'pay_order', 'pay', 'initiate:payment'],
  ['paypal', 'list_transactions', 'read', 'read:financial'],
  ['acme-bank', 'add_beneficiary', 'create', 'create:payee'],
  ['erp', 'approve_invoice', 'pay', 'approve:payment'],
  ['netsuite', 'update_vendor_bank_details', 'create', 'create:payee'],
  // Secrets and identity.
  ['vault', 'read-secret', 'read', 'read:secret'],
  ['1password', 'password_read', 'read', 'read:secret'],
  ['aws-secrets-manager', 'rotate_secret', 'create', 'create:credential'],
  ['okta', 'add_user_to_group', 'grant', 'grant:access'],
  ['keycloak', 'create-user', 'create', 'create:identity'],
  ['entra', 'reset_user_password', 'create', 'create:credential'],
  // Web, shells, work, memory, agents.
  ['playwright', 'browser_navigate', 'read', 'ingest:untrusted browse:web read:public'],
  ['playwright', 'browser_type', 'send', 'ingest:untrusted browse:web send:external'],
  [undefined, 'tavily-search', 'read', 'ingest:untrusted browse:web read:public'],
  [undefined, 'Bash', 'execute', 'exec:shell'],
  [undefined, 'Bash', 'execute', 'exec:shell', { command: 'ls' }],
  [undefined, 'Bash', 'delete', 'exec:shell delete:data', { command: 'rm -rf /srv' }],
  [
    undefined,
    'local_shell',
    'delete',
    'exec:shell delete:data',
    { command: ['bash', '-lc', "cd '/srv' && rm -rf data"] },
  ],
  [
    'commander',
    'start_process',
    'delete',
    'exec:shell delete:data',
    { command: 'rm', args: ['-rf', '/srv'] },
  ],
  ['aws-api', 'call_aws', 'delete', 'exec:shell delete:data', { cli_command: 'aws s3 rb s3://x' }],
  [undefined, 'python_repl', 'execute', 'exec:code'],
  [undefined, 'apply_patch', 'update', 'write:source_code'],
  ['atlassian', 'getJiraIssue', 'read', 'ingest:untrusted read:internal'],
  ['linear', 'create_issue', 'update', 'write:data send:internal'],
  ['notion', 'notion-fetch', 'read', 'ingest:untrusted read:internal'],
  ['memory', 'create_entities', 'create', 'write:memory'],
  [undefined, 'search_nodes', 'read', 'read:memory'],
  ['anthropic', 'memory', 'update', 'write:memory', { command: 'create', path: '/memories/a.md' }],
  [undefined, 'memory', 'update', 'write:memory', { command: 'str_replace', path: '/memories/a' }],
  [undefined, 'memory', 'update', 'write:memory', { command: 'insert', path: '/memories/a.md' }],
  [undefined, 'memory', 'update', 'read:memory', { command: 'view', path: '/memories' }],
  [undefined, 'memory', 'update', 'delete:data', { command: 'delete', path: '/memories/a.md' }],
  ['langmem', 'manage_memory', 'create', 'write:memory'],
  ['letta', 'core_memory_replace', 'create', 'write:memory'],
  ['letta', 'archival_memory_search', 'read', 'read:memory'],
  ['chatgpt', 'bio', 'create', 'write:memory'],
  ['graphiti', 'add_episode', 'create', 'write:memory'],
  ['basic-memory', 'edit_note', 'create', 'write:memory'],
  [undefined, 'transfer_to_billing_agent', 'execute', 'delegate:task'],
  [undefined, 'add_mcp_server', 'configure', 'modify:agent'],
  ['grafana', 'create_silence', 'configure', 'disable:logging'],
];

describe('well-known tools', () => {
  for (const [server, tool, effect, symbols, args] of KNOWN) {
    it(`${server ?? 'any'} ${tool} has effect ${effect} and can ${symbols}`, () => {
      const facts = factsOf(server, tool, args);
      expect(facts.decidedBy).toBe('catalogue');
      expect(facts.effect).toBe(effect);
      expect(facts.capabilities.map(({ symbol }) => symbol).sort()).toEqual(
        symbols.split(' ').sort(),
      );
      expect(facts.capabilities.every(({ basis }) => basis === 'catalogue')).toBe(true);
    });
  }

  it('are of every family', () => {
    const decided = new Set(
      KNOWN.map(([server, tool, , , args]) => JSON.stringify(factsOf(server, tool, args).entry)),
    );
    for (const { path, text } of catalogueSources()) {
      const { tools } = catalogueFileSchema.parse(parse(text));
      expect(
        tools.some((entry) => decided.has(JSON.stringify(entry))),
        path,
      ).toBe(true);
    }
  });
});
