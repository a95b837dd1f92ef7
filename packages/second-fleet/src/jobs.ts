// The jobs that agents have. A recipe is one kind of task: tool:probability xrepeats.
import type { Zone } from './clock.ts';
import { tool } from './tools.ts';
import type { AgentClass, Job, Step } from './types.ts';

const zoneNames: Record<string, Zone> = {
  b: 'berlin',
  n: 'new-york',
  l: 'los-angeles',
  s: 'singapore',
  i: 'bangalore',
};
const classes: Record<string, AgentClass> = {
  sched: 'scheduled_job',
  human: 'human_triggered',
  assist: 'assistive',
  semi: 'semi_autonomous',
  auto: 'autonomous',
};

// id|class|plane|team|zones|hours|share|tags|recipes, parted by ;
const table = `
support-copilot|assist|reasoning|support|bn|office|9|chat,audit|zendesk/get_ticket helpdesk-kb/lookup_article:.8x2 crm/get_customer:.6 zendesk/create_reply_draft:.7 zendesk/reply_to_ticket:.45;zendesk/search_tickets crm/get_customer:.5x2 zendesk/update_ticket:.4
inbox-assistant|assist|reasoning|office|bnls|office|8|chat|mail/search_emails mail/read_email:.95x3 mail/search_contacts:.3 mail/create_draft:.5 mail/send_email:.35;mail/read_email google-calendar/list_events:.7 google-calendar/create_calendar_event:.5
meeting-planner|assist|reasoning|office|bn|office|5|chat|google-calendar/list_events slot-finder/find_free_slots:.9x2 google-calendar/create_calendar_event:.6 slack/slack_post_message:.3
sales-researcher|assist|retrieval|sales|bns|office|7|chat,free,marketing|websearch/web_search:1x2 websearch/web_fetch:.9x4 hubspot/hubspot-search-objects:.5 notes/append_note:.6;hubspot/hubspot-search-objects:1x2 hubspot/hubspot-batch-update-objects:.35
legal-reader|assist|retrieval|legal|b|office|4|chat,free|gdrive/gdrive_search gdrive/get_doc_content:.9x3 clause-lib/compare_clauses:.6x2 notes/append_note:.3
analyst-chat|assist|reasoning|finance|bn|office|7|chat,free,month|postgres/query:1x4 chart-maker/render_chart:.5 gdrive/create_doc:.2;postgres/query:1x2 gdrive/gdrive_search:.4
hr-helpdesk|assist|reasoning|people|b|office|4|chat|confluence/confluence_search workday/get_employee:.6 workday/list_absences:.4 slack/slack_post_message:.4
coding-assistant|human|execution|engineering|bnli|office|13|chat,free,roam|github/get_issue:.4 workspace/Grep:.8x3 workspace/Read:1x6 workspace/Edit:.7x4 workspace/bash:.7x3 github/create_pull_request:.25;workspace/Read:1x3 workspace/bash:.5x2
report-builder|human|execution|finance|bn|office|6|month,roam|snowflake/snowflake_query:1x3 chart-maker/render_chart:.5 gdrive/create_doc:.8 mail/send_email:.3
release-helper|human|execution|engineering|bl|office|4|oncall|github/list_pull_requests github/merge_pull_request:.5 jenkins/get_build:.8x2 jenkins/trigger_build:.5 slack/slack_post_message:.6
expense-importer|human|execution|finance|b|office|4|month,roam|xero/list_invoices gdrive/get_doc_content:.8x3 xero/create_expense:.8x2
migration-runner|human|execution|engineering|bi|office|3|roam|postgres/query:1x3 postgres/update_rows:.7x3 s3/put_object:.4
nightly-etl|sched|execution|data|bn|cron|7|audit|s3/list_objects postgres/query:1x3 postgres/insert_rows:1x2 s3/put_object:1
inventory-sync|sched|execution|logistics|b|cron|6|audit|erp/get_stock shop-api/set_stock_level:1x2
backup-verifier|sched|retrieval|platform|n|cron|5|audit|archive-probe/list_snapshots archive-probe/verify_snapshot:1x2
invoice-reminder|sched|execution|finance|bn|cron|4|month|xero/list_invoices xero/get_contact:1x2 mail/send_email:.8x3
metrics-poller|sched|retrieval|platform|l|cron|6|audit|grafana/query_prometheus:1x2 kubernetes/pods_list
ticket-triage|semi|reasoning|support|bns|always|9|audit|zendesk/get_ticket crm/get_customer:.5 zendesk/update_ticket:.9 jira/jira_create_issue:.3 zendesk/reply_to_ticket:.3
refund-handler|semi|execution|support|bn|office|8|month|zendesk/get_ticket stripe/retrieve_customer stripe/list_charges:.9 stripe/create_refund:.6 zendesk/update_ticket:.6
procurement-agent|semi|execution|finance|b|office|8|month|mail/search_emails:.6 mail/read_email:.8 erp/list_open_orders erp/get_vendor erp/create_payment:.5 jira/jira_add_comment:.3
devops-remediator|semi|execution|platform|bl|office|8|oncall,audit|grafana/list_alerts kubernetes/pods_list kubernetes/pods_log:.9x3 kubernetes/kubectl_rollout:.35 slack/slack_post_message:.5
content-publisher|semi|execution|marketing|bn|office|6|marketing|websearch/web_search:1x2 notion/notion-search notion/notion-create-pages:.7 publisher/publish_post:.4
access-provisioner|semi|execution|it|b|office|5||jira/jira_get_issue okta/get_user okta/list_groups:.6 okta/add_user_to_group:.55 jira/jira_add_comment:.7
customs-clerk|semi|execution|logistics|bs|office|4||mail/read_email customs-desk/check_tariff:1x2 customs-desk/file_declaration:.6 mail/send_email:.2
dependency-bumper|auto|execution|engineering|bn|always|6|audit|github/get_file_contents:1x2 websearch/web_fetch:.7 github/push_files:.6 github/create_pull_request:.6
log-investigator|auto|retrieval|platform|ln|always|7|audit|splunk/search_logs:1x3 kubernetes/pods_log:.6x2 jira/jira_create_issue:.3
price-watcher|auto|execution|sales|bs|always|6|audit,marketing|websearch/web_fetch:1x3 pricing/competitor_snapshot pricing/update_price:.5
fraud-screener|auto|reasoning|payments|bn|always|7|audit,marketing|stripe/list_charges stripe/retrieve_customer:.7 risk-engine/score_case stripe/update_dispute:.25 stripe/create_refund:.12
fleet-dispatcher|auto|execution|logistics|b|always|6|audit|telematics/get_positions dispatch/assign_truck:.7x2 dispatch/reroute:.2 slack/slack_post_message:.2
research-lead|auto|reasoning|strategy|n|office|4|lead|notion/notion-search websearch/web_search:.8x2 notion/notion-create-pages:.7
web-researcher|auto|retrieval|strategy|n|office|4|free,helper|websearch/web_search websearch/web_fetch:1x3 memory/save_memory:.4
rag-indexer|auto|execution|data|bi|always|5|audit|gdrive/gdrive_search gdrive/get_doc_content:1x3 vector-store/qdrant-store:.9x2
onboarding-mailer|auto|execution|marketing|bn|office|5|marketing|hubspot/hubspot-search-objects hubspot/hubspot-batch-update-objects:.3 mail/send_email:.7x2
build-worker|auto|execution|engineering|b|office|3|ephemeral|github/get_file_contents:1x2 ci-runner/run_suite ci-runner/upload_report:.9
`;

function step(text: string): Step {
  const [id = '', rest = '1'] = text.split(':');
  const [p = '1', mean = '1'] = rest.split('x');
  return { tool: tool(id), p: Number(p), mean: Number(mean) };
}

export const jobs: readonly Job[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [id = '', cls = '', plane, team = '', zones = '', hours, share, tags = '', recipes = ''] =
      line.split('|');
    return {
      id,
      cls: classes[cls] ?? 'autonomous',
      plane: plane as Job['plane'],
      team,
      zones: [...zones].map((z) => zoneNames[z] ?? 'berlin'),
      hours: hours as Job['hours'],
      share: Number(share),
      tags: tags.split(','),
      recipes: recipes.split(';').map((r) => r.split(' ').map(step)),
    };
  });

export function callsPerTask(recipe: readonly Step[]): number {
  return recipe.reduce((sum, s) => sum + s.p * s.mean, 0);
}

/** A person must agree to this effect, by the class's row of the design. */
export function needsPerson(cls: AgentClass, eff: string): boolean {
  if (eff === 'read' || eff === 'draft') return false;
  if (cls === 'assistive') return true;
  if (cls === 'semi_autonomous') return eff === 'sensitive' || eff === 'critical';
  return cls === 'autonomous' && eff === 'critical';
}
