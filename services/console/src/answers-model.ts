/**
 * What each route answers, by method and path: the page and the description of the API are made of it
 * (`npm run docs:generate`).
 */
import type { Alert, Decision, Receipt, Registry, RevocationCommand } from '@waywarden/schemas';
import type { AccessEntry } from './access/access-log.ts';
import type { AgentTimeline } from './core/agent-profile.ts';
import type { ContainmentPage } from './core/containment-model.ts';
import type { AgentsPage, ApprovalsPage } from './core/lists/approvals-model.ts';
import type {
  AccountLine,
  AccountWithPassword,
  AlertExport,
  ContainmentRow,
  Enforcement,
  EventExplanation,
  EventPage,
  Person,
  Preview,
  ReceiverLine,
  RecentEvent,
  SetAside,
  TokenInClear,
  TokenLine,
} from './core/lists/work-model.ts';
import type { ChainUse } from './core/quiet-work.ts';
import type { ResponseImpactPage } from './core/response-impact-model.ts';
import type {
  CheckedRules,
  ProposalRow,
  RulesPage,
  RulesTry,
  SourcesPage,
} from './core/rules-model.ts';
import type {
  AlertListAnswer,
  AlertListItem,
  AuditPage,
  SessionAnswer,
  SuppressionPreview,
  TriageAnswer,
} from './core/triage/list-model.ts';
import type { Suppression } from './core/triage/suppression.ts';
import type { TuningPreview } from './core/triage/tuning.ts';
import type { TuningState } from './core/triage/tunings.ts';
import type { AgentPage, AlertPage, ChainPage, NowPage, SeenSource } from './core/view-model.ts';
import type { SendOutcome } from './notify/deliver.ts';
import type { ResponseAnswer } from './triage/response-desk.ts';
import type { Given } from './triage/triage-desk.ts';

interface Response {
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
}

/** Records as they were stored. */
interface RecordAnswers {
  'GET /v1/events': { readonly events: readonly RecentEvent[] };
  'GET /v1/alerts': {
    readonly alerts: readonly (Alert & Response & { triage: AlertListItem['triage'] | null })[];
    readonly total: number;
    readonly cursor: string | null;
    readonly complete: boolean;
  };
  'GET /v1/alerts/:id': Alert & Response;
  'GET /v1/decisions': { readonly decisions: readonly Decision[] };
  'GET /v1/commands': {
    readonly commands: readonly RevocationCommand[];
    readonly receipts: readonly Receipt[];
  };
  'GET /v1/registry': {
    readonly version: string | null;
    readonly registry: Registry | null;
    readonly combinations: readonly string[];
  };
}

interface AlertAnswers {
  'POST /v1/triage': Given;
  'GET /v1/alerts/:id/triage': TriageAnswer;
  'GET /v1/console/now': NowPage;
  'GET /v1/console/alerts': AlertListAnswer;
  'GET /v1/console/alerts/:id': AlertPage;
}

interface ContainmentAnswers {
  'POST /v1/response': Omit<ResponseAnswer, 'refused' | 'why'> & { readonly sentence: string };
  'GET /v1/preview': Preview;
  'GET /v1/enforcement': Enforcement;
  'GET /v1/containments': { readonly containments: readonly ContainmentRow[] };
  'GET /v1/response-impact': ResponseImpactPage;
  'GET /v1/console/containments/:id': ContainmentPage;
  'GET /v1/console/approvals': ApprovalsPage;
}

interface AgentAnswers {
  'GET /v1/events/:id': EventPage;
  'GET /v1/events/:id/why': EventExplanation;
  'GET /v1/console/agent': AgentPage;
  'GET /v1/console/agent/timeline': AgentTimeline;
  'GET /v1/console/agents': AgentsPage;
  'GET /v1/console/chains': { readonly chains: readonly ChainUse[] };
  'GET /v1/console/chains/:id': ChainPage;
}

interface TuningAnswers {
  'GET /v1/suppressions': { readonly suppressions: readonly Suppression[] };
  'POST /v1/suppressions': Given;
  'POST /v1/suppressions/preview': SuppressionPreview;
  'DELETE /v1/suppressions/:id': Given;
  'GET /v1/tuning': { readonly changes: readonly TuningState[] };
  'POST /v1/tuning': TuningState;
  'POST /v1/tuning/preview': TuningPreview;
  'DELETE /v1/tuning/:id': TuningState;
}

interface RuleAnswers {
  'GET /v1/console/rules': RulesPage;
  'GET /v1/console/source-health': SourcesPage;
  'POST /v1/rules/check': CheckedRules;
  'GET /v1/rules/tries': { readonly tries: readonly RulesTry[] };
  'GET /v1/rules/proposals': { readonly proposals: readonly ProposalRow[] };
  'GET /v1/rules/proposals/:id': { readonly text: string | null };
  'POST /v1/rules/tries': RulesTry;
  'POST /v1/rules/proposals': ProposalRow;
  'POST /v1/rules/proposals/:id/publish': ProposalRow;
  'POST /v1/rules/proposals/:id/withdraw': ProposalRow;
}

interface PeopleAnswers {
  'GET /v1/session': SessionAnswer;
  'GET /v1/console/audit': AuditPage;
  'GET /v1/audit': { readonly access: readonly AccessEntry[] };
  'GET /v1/people': { readonly people: readonly Person[] };
  'GET /v1/accounts': { readonly accounts: readonly AccountLine[] };
  'POST /v1/accounts': AccountWithPassword;
  'PATCH /v1/accounts/:uid': AccountLine;
  'POST /v1/accounts/:uid/password': Pick<AccountWithPassword, 'uid' | 'first_password'>;
  'GET /v1/tokens': { readonly tokens: readonly TokenLine[] };
  'POST /v1/tokens': TokenInClear;
}

interface DeliveryAnswers {
  'GET /v1/notify': {
    readonly receivers: readonly ReceiverLine[];
    readonly dead: readonly SetAside[];
  };
  'POST /v1/notify/test': SendOutcome;
  'POST /v1/notify/resend': { readonly sent: number; readonly failed: number };
  'GET /v1/export/alerts': AlertExport;
  'GET /v1/receivers/command-keys': { readonly keys: readonly object[] };
  'GET /v1/receivers/:receiver/commands': {
    readonly commands: readonly { readonly key: string; readonly jws: string }[];
    readonly cursor: string;
  };
  'POST /v1/receivers/:receiver/receipts': {
    readonly accepted: number;
    readonly refused: readonly { readonly index: number; readonly reason: string }[];
  };
}

interface OperateAnswers {
  'GET /v1/console/sources': { readonly as_of: string; readonly sources: readonly SeenSource[] };
  'POST /v1/acts': {
    readonly accepted: true;
    readonly outcome: ResponseAnswer['outcome'];
  };
  'PUT /v1/registry': {
    readonly version: string | null;
    readonly agents: number;
    readonly warnings: readonly object[];
  };
}

/** Of others: `waywarden/src/api/answers-model.ts`. */
export interface ConsoleAnswers
  extends RecordAnswers,
    AlertAnswers,
    ContainmentAnswers,
    AgentAnswers,
    TuningAnswers,
    RuleAnswers,
    PeopleAnswers,
    DeliveryAnswers,
    OperateAnswers {}
