/**
 * The tools that the fleet uses, by short names: server and tool as the shipped catalogue knows
 * them, and what a call does. Written from `services/ingest/catalogue/*.yaml`.
 */
export interface Tool {
  readonly server: string;
  readonly name: string;
  readonly effect: string;
  readonly capabilities: readonly string[];
  readonly trust: 'trusted' | 'untrusted' | 'unknown';
  readonly type: string;
  readonly sensitivity: string;
}

/** @param at server and tool, with a blank. @param does effect, then capabilities, with blanks. */
function tool(
  at: string,
  does: string,
  trust: Tool['trust'],
  type: string,
  sensitivity = 'internal',
): Tool {
  const [server = '', name = ''] = at.split(' ');
  const [effect = '', ...capabilities] = does.split(' ');
  return { server, name, effect, capabilities, trust, type, sensitivity };
}

const MAIL_READ = 'read ingest:untrusted read:internal read:personal';
const PLAIN_READ = 'read ingest:untrusted read:internal';
const WEB = 'read ingest:untrusted browse:web read:public';

export const TOOLS = {
  readTicket: tool(
    'zendesk get_ticket',
    'read ingest:untrusted read:personal',
    'untrusted',
    'ticket',
    'confidential',
  ),
  updateTicket: tool('zendesk update_ticket', 'update write:data', 'trusted', 'ticket'),
  readIssue: tool('atlassian jira_get_issue', PLAIN_READ, 'untrusted', 'work_item'),
  readMail: tool('mail get_emails', MAIL_READ, 'untrusted', 'mailbox', 'confidential'),
  sendMail: tool('mail send_email', 'send send:external send:internal', 'trusted', 'mailbox'),
  /** The same tool when every recipient is inside. */
  sendInside: tool('mail send_email', 'send send:internal', 'trusted', 'mailbox'),
  publish: tool('newsroom publish_post', 'send publish:public', 'trusted', 'web_page', 'public'),
  post: tool('slack post_message', 'send send:internal', 'trusted', 'channel'),
  readCalendar: tool('calendar list_events', PLAIN_READ, 'untrusted', 'calendar'),
  searchFiles: tool('drive search_files', PLAIN_READ, 'untrusted', 'file'),
  readCustomer: tool('crm get_customer', 'read read:personal', 'trusted', 'record', 'confidential'),
  listCustomers: tool(
    'crm list_customers',
    'read read:personal',
    'trusted',
    'record',
    'confidential',
  ),
  readPerson: tool(
    'accounts get_user_info',
    'read read:personal',
    'trusted',
    'person',
    'restricted',
  ),
  readDirectory: tool('slack list_users', 'read read:directory', 'trusted', 'user'),
  search: tool('brave web_search', WEB, 'untrusted', 'web_search', 'public'),
  readInvoices: tool(
    'treasury list_invoices',
    'read read:financial',
    'trusted',
    'payment',
    'restricted',
  ),
  createPayee: tool(
    'treasury create_payee',
    'create create:payee',
    'trusted',
    'payee',
    'restricted',
  ),
  pay: tool('treasury create_payment', 'pay initiate:payment', 'trusted', 'payment', 'restricted'),
  approvePayment: tool(
    'treasury approve_payment',
    'pay approve:payment',
    'trusted',
    'payment',
    'restricted',
  ),
  readCode: tool(
    'github get_file_contents',
    'read read:source_code',
    'unknown',
    'repository',
    'confidential',
  ),
  push: tool(
    'github push_files',
    'update write:source_code',
    'trusted',
    'repository',
    'confidential',
  ),
  approveChange: tool('changes approve_change', 'execute approve:change', 'trusted', 'change'),
  deploy: tool('github run_workflow', 'execute deploy:production', 'trusted', 'pipeline'),
  shell: tool('shell run_command', 'execute exec:shell', 'unknown', 'host'),
  runCode: tool('python run_python', 'execute exec:code', 'unknown', 'interpreter'),
  readLogs: tool('grafana query_loki_logs', PLAIN_READ, 'untrusted', 'log'),
  disableLogging: tool(
    'audit disable_audit_logging',
    'configure disable:logging',
    'trusted',
    'log',
  ),
  query: tool('postgres read_query', 'read read:internal', 'unknown', 'database', 'confidential'),
  insert: tool('postgres insert_rows', 'update write:data', 'trusted', 'database', 'confidential'),
  dropTable: tool('postgres drop_table', 'delete delete:data', 'trusted', 'database'),
  truncate: tool('postgres truncate_table', 'delete delete:data', 'trusted', 'database'),
  deleteSnapshot: tool('storage delete_snapshot', 'delete delete:backup', 'trusted', 'backup'),
  readSecret: tool('vault read_secret', 'read read:secret', 'trusted', 'secret', 'secret'),
  createKey: tool(
    'okta create_api_token',
    'create create:credential',
    'trusted',
    'credential',
    'secret',
  ),
  createUser: tool(
    'okta create_user',
    'create create:identity',
    'trusted',
    'identity',
    'restricted',
  ),
  grantAccess: tool(
    'okta add_user_to_group',
    'grant grant:access',
    'trusted',
    'role',
    'restricted',
  ),
  impersonate: tool('desk impersonate_user', 'execute impersonate:user', 'trusted', 'identity'),
  remember: tool('memory add_memory', 'create write:memory', 'trusted', 'memory'),
  recall: tool('memory search_memory', 'read read:memory', 'untrusted', 'memory'),
  updatePrompt: tool('agents update_prompt', 'configure modify:agent', 'trusted', 'agent'),
  writePage: tool(
    'atlassian confluence_update_page',
    'update write:data send:internal',
    'trusted',
    'work_item',
  ),
} as const;

export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as readonly ToolName[];
