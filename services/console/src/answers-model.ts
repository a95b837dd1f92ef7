/**
 * What each route answers, by method and path: the description of the API is made of it (`npm run docs:generate`), and
 * the page reads the same types.
 */
import type { AgentTimeline } from './core/agent-profile.ts';
import type { ContainmentPage } from './core/containment-model.ts';
import type { AgentsPage, ApprovalsPage } from './core/lists/approvals-model.ts';
import type {
  AccountLine,
  ContainmentRow,
  Enforcement,
  EventExplanation,
  EventPage,
  Person,
  Preview,
  ReceiverLine,
  SetAside,
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
  AuditPage,
  SessionAnswer,
  SuppressionPreview,
  TriageAnswer,
} from './core/triage/list-model.ts';
import type { Suppression } from './core/triage/suppression.ts';
import type { TuningPreview } from './core/triage/tuning.ts';
import type { TuningState } from './core/triage/tunings.ts';
import type { AgentPage, AlertPage, ChainPage, NowPage } from './core/view-model.ts';

interface AlertAnswers {
  'GET /v1/alerts/:id/triage': TriageAnswer;
  'GET /v1/preview': Preview;
  'GET /v1/enforcement': Enforcement;
  'GET /v1/containments': { readonly containments: readonly ContainmentRow[] };
  'GET /v1/response-impact': ResponseImpactPage;
  'GET /v1/console/now': NowPage;
  'GET /v1/console/alerts': AlertListAnswer;
  'GET /v1/console/alerts/:id': AlertPage;
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

interface RuleAnswers {
  'GET /v1/console/rules': RulesPage;
  'GET /v1/console/source-health': SourcesPage;
  'GET /v1/suppressions': { readonly suppressions: readonly Suppression[] };
  'POST /v1/suppressions/preview': SuppressionPreview;
  'GET /v1/tuning': { readonly changes: readonly TuningState[] };
  'POST /v1/tuning': TuningState;
  'POST /v1/tuning/preview': TuningPreview;
  'POST /v1/rules/check': CheckedRules;
  'GET /v1/rules/tries': { readonly tries: readonly RulesTry[] };
  'GET /v1/rules/proposals': { readonly proposals: readonly ProposalRow[] };
  'GET /v1/rules/proposals/:id': { readonly text: string | null };
}

interface PeopleAnswers {
  'GET /v1/session': SessionAnswer;
  'GET /v1/console/audit': AuditPage;
  'GET /v1/people': { readonly people: readonly Person[] };
  'GET /v1/accounts': { readonly accounts: readonly AccountLine[] };
  'GET /v1/tokens': { readonly tokens: readonly TokenLine[] };
  'GET /v1/notify': {
    readonly receivers: readonly ReceiverLine[];
    readonly dead: readonly SetAside[];
  };
}

export interface Answers extends AlertAnswers, AgentAnswers, RuleAnswers, PeopleAnswers {}
