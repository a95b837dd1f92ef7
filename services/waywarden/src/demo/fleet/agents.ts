/** Who works in the demo; grants and classes are in `demo/registry.yaml`. */
export interface DemoAgent {
  readonly uid: string;
  readonly name: string;
  readonly version: string;
  readonly framework: string;
  readonly instance_uid: string;
}

const agent = (name: string, framework: string, version = '1.4.2'): DemoAgent => ({
  uid: `spiffe://acme.example/agent/${name}`,
  name,
  version,
  framework,
  instance_uid: `${name}-7f3a`,
});

export const AGENTS = {
  invoiceOrchestrator: agent('invoice-orchestrator', 'langgraph', '2.1.0'),
  intake: agent('intake-2', 'langgraph', '2.1.0'),
  payer: agent('payer-1', 'langgraph', '2.1.0'),
  checker: agent('checker-1', 'langgraph', '2.1.0'),
  billsOrchestrator: agent('bills-orchestrator', 'langgraph', '2.1.0'),
  billsIntake: agent('bills-intake', 'langgraph', '2.1.0'),
  billsPayer: agent('bills-payer', 'langgraph', '2.1.0'),
  billsChecker: agent('bills-checker', 'langgraph', '2.1.0'),
  triageBot: agent('triage-bot', 'openai-agents', '0.9.4'),
  ticketRouter: agent('ticket-router', 'openai-agents', '0.9.4'),
  inboxAssistant: agent('inbox-assistant', 'semantic-kernel', '1.22.0'),
  ledgerSync: agent('ledger-sync', 'cron', '3.0.1'),
  accessAuditor: agent('access-auditor', 'cron', '3.0.1'),
  reportRunner: agent('report-runner', 'script', '5.2.0'),
  releaseAgent: agent('release-agent', 'autogen', '0.7.5'),
  procurementAgent: agent('procurement-agent', 'crewai', '0.80.0'),
} as const satisfies Readonly<Record<string, DemoAgent>>;
