/** The roles of the fleet: team, class, plane, and the tools that the registry lets each use. */
import { TOOLS, type ToolName } from './tool-table.ts';

export type ActorClass =
  | 'scheduled_job'
  | 'human_triggered'
  | 'assistive'
  | 'semi_autonomous'
  | 'autonomous';
export type Plane = 'retrieval' | 'reasoning' | 'execution';

export interface RolePlan {
  readonly team: string;
  readonly class: ActorClass;
  readonly plane: Plane;
  readonly tools: readonly ToolName[];
}

/** @param is team, class and plane, with blanks. */
function role(is: `${string} ${ActorClass} ${Plane}`, ...tools: readonly ToolName[]): RolePlan {
  const [team = '', of, plane] = is.split(' ');
  return { team, class: of as ActorClass, plane: plane as Plane, tools };
}

export const ROLES = {
  triage: role('support semi_autonomous retrieval', 'readTicket', 'updateTicket', 'readIssue'),
  desk: role('support assistive reasoning', 'readCustomer', 'updateTicket'),
  correspondent: role('outreach semi_autonomous execution', 'sendMail', 'sendInside', 'post'),
  intake: role('payables semi_autonomous retrieval', 'readMail', 'readInvoices'),
  payees: role('master-data semi_autonomous execution', 'createPayee'),
  payer: role('treasury autonomous execution', 'pay'),
  checker: role('controlling semi_autonomous reasoning', 'approvePayment', 'readInvoices'),
  reporter: role(
    'controlling scheduled_job reasoning',
    'readInvoices',
    'query',
    'writePage',
    'post',
  ),
  coder: role('engineering autonomous reasoning', 'readIssue', 'readCode', 'push'),
  reviewer: role('quality semi_autonomous reasoning', 'readCode', 'approveChange'),
  releaser: role('release semi_autonomous execution', 'deploy', 'post'),
  builder: role('platform semi_autonomous execution', 'shell', 'readCode'),
  operator: role('platform human_triggered execution', 'readLogs', 'query', 'disableLogging'),
  storekeeper: role('storage scheduled_job execution', 'deleteSnapshot'),
  cleaner: role('data scheduled_job execution', 'dropTable', 'truncate', 'insert'),
  vault: role('security semi_autonomous reasoning', 'readSecret', 'createKey'),
  onboarder: role('identity human_triggered execution', 'createUser'),
  access: role('identity human_triggered execution', 'grantAccess'),
  keys: role('security human_triggered execution', 'createKey'),
  directory: role('people assistive retrieval', 'readDirectory'),
  people: role('people assistive reasoning', 'readPerson', 'query'),
  researcher: role('research autonomous retrieval', 'search', 'remember'),
  planner: role('research autonomous reasoning', 'recall', 'writePage', 'runCode'),
  tuner: role('ai-platform human_triggered execution', 'updatePrompt'),
  helper: role('service assistive execution', 'impersonate', 'updateTicket'),
  analyst: role('data human_triggered reasoning', 'query', 'runCode', 'readInvoices'),
  exporter: role('data scheduled_job retrieval', 'listCustomers', 'insert'),
  seller: role('sales semi_autonomous reasoning', 'readCustomer', 'search', 'updateTicket'),
  briefer: role(
    'marketing autonomous reasoning',
    'search',
    'writePage',
    'publish',
    'sendMail',
    'sendInside',
  ),
  assistant: role('office assistive reasoning', 'readCalendar', 'searchFiles'),
  clerk: role('back-office semi_autonomous reasoning', 'query', 'insert'),
  scribe: role('office human_triggered reasoning', 'writePage', 'searchFiles'),
  registrar: role('master-data scheduled_job reasoning', 'query', 'insert'),
  generalist: role('operations human_triggered reasoning', ...(Object.keys(TOOLS) as ToolName[])),
} as const;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];
