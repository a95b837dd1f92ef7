/** The console: its page and the API behind it, for whoever runs the HTTP server. */
export { AccessLog } from './access/access-log.ts';
export { AccountFileError, accountUid } from './access/account-file.ts';
export { Accounts } from './access/accounts.ts';
export { type OidcSettings, oidcSettings } from './access/oidc.ts';
export { newPassword } from './access/password.ts';
export type { ConsoleAnswers } from './answers-model.ts';
export type { ConsoleRules } from './api/console-pages.ts';
export { type ConsoleParts, consoleRoutes } from './api/console-routes.ts';
export { errorAnswers } from './api/error-answers.ts';
export type { Streams } from './api/stream-route.ts';
export { ROLES, type Role } from './core/access/roles.ts';
export type { KnownState } from './core/containment-model.ts';
export type { RecentEvent } from './core/lists/work-model.ts';
export type {
  CheckedRules,
  RuleFile,
  RuleFinding,
  RulesTry,
  SourceHealth,
} from './core/rules-model.ts';
export { type SlaSettings, slaSettings } from './core/triage/sla.ts';
export type { ConsoleStatus } from './core/view-model.ts';
export { type NotifySettings, notifySettings } from './notify/notify-settings.ts';
export type { StorePort } from './store/console-store.ts';
export type { TakeAct } from './triage/response-desk.ts';
export { badCursor, parsedQuery } from './triage/triage-routes.ts';
export type {
  AskedApproval,
  ProposedApproval,
  PublishPort,
  RulesPort,
} from './tuning/rules-port.ts';
export { Workplace } from './workplace.ts';
