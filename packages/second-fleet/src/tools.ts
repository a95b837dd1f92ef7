// The tools of the company: most are known to the shipped catalogue, some to nobody.
import type { Effect, Sensitivity, Tool } from './types.ts';

const effects: Record<string, Effect> = {
  r: 'read',
  d: 'draft',
  w: 'write',
  s: 'sensitive',
  c: 'critical',
};
const levels: Record<string, Sensitivity> = {
  p: 'public',
  i: 'internal',
  c: 'confidential',
  r: 'restricted',
  s: 'secret',
};

// server/name effect argument system:kind sensitivity records [text]
const table = `
zendesk/get_ticket r ticket support:ticket c 0 ticket
zendesk/search_tickets r query support:ticket c 12 ticket
zendesk/update_ticket w ticketset support:ticket c 0
zendesk/reply_to_ticket s reply support:ticket c 0
zendesk/create_reply_draft d draft support:draft c 0
mail/search_emails r query mail:mailbox c 8 mail
mail/read_email r mailid mail:mailbox c 0 mail
mail/send_email s mail mail:mailbox c 0
mail/create_draft d maildraft mail:draft c 0
mail/search_contacts r query directory:contact c 6
google-calendar/list_events r cal calendar:calendar i 9
google-calendar/create_calendar_event w event calendar:calendar_event i 0
slot-finder/find_free_slots r cal calendar:calendar i 5
websearch/web_search r query web:web_search p 10 web
websearch/web_fetch r url web:web_page p 0 web
hubspot/hubspot-search-objects r query hubspot:record c 14
hubspot/hubspot-batch-update-objects w record hubspot:record c 0
crm/get_customer r customer crm:customer c 1
helpdesk-kb/lookup_article r query kb:article i 3
gdrive/gdrive_search r query drive:file i 7
gdrive/get_doc_content r file drive:file i 0 doc
gdrive/create_doc w filenew drive:file i 0
clause-lib/compare_clauses r file legal:clause i 4
workspace/Read r path workspace:file i 0 doc
workspace/Grep r grep workspace:file i 11
workspace/Edit w path workspace:file i 0
workspace/bash w cmd workspace:host i 0
github/get_file_contents r repo github:repository c 0
github/get_issue r repo github:repository i 0 issue
github/list_pull_requests r repo github:repository c 9
github/push_files w repo github:repository c 0
github/create_pull_request w repo github:repository c 0
github/merge_pull_request w repo github:repository c 0
postgres/query r sql sql:database c 25
postgres/insert_rows w table sql:database c 0
postgres/update_rows w table sql:database c 0
snowflake/snowflake_query r sql sql:database c 40
chart-maker/render_chart r chart charts:chart i 0
s3/list_objects r bucket object_store:bucket i 30
s3/get_object r bucket object_store:bucket i 1
s3/put_object w bucket object_store:bucket i 0
workday/get_employee r employee hr:record r 1
workday/list_absences r employee hr:record r 12
confluence/confluence_search r query atlassian:work_item i 6 doc
slack/slack_post_message w channel slack:channel i 0
slack/slack_get_channel_history r channelread slack:channel i 20 ticket
jenkins/get_build r job ci:pipeline c 1
jenkins/trigger_build c job ci:pipeline c 0
xero/list_invoices r invoice erp:record r 18
xero/get_contact r vendor erp:record r 1
xero/create_expense w invoice erp:record r 0
erp/get_stock r stock erp:record r 35
erp/get_vendor r vendor erp:record r 1
erp/list_open_orders r stock erp:record r 15
erp/create_payment c pay erp:payment r 0
shop-api/set_stock_level w stock shop:article i 0
archive-probe/verify_snapshot r snapshot backup:snapshot i 1
archive-probe/list_snapshots r snapshot backup:snapshot i 24
grafana/query_prometheus r metric monitoring:log i 60
grafana/list_alerts r metric monitoring:log i 5
kubernetes/pods_list r pod kubernetes:pod i 22
kubernetes/pods_log r pod kubernetes:pod i 0 log
kubernetes/kubectl_rollout c pod kubernetes:resource c 0
jira/jira_get_issue r issue atlassian:work_item i 0 issue
jira/jira_search r query atlassian:work_item i 10 issue
jira/jira_create_issue w issuenew atlassian:work_item i 0
jira/jira_add_comment w issue atlassian:work_item i 0
stripe/list_charges r customer stripe:record r 9
stripe/retrieve_customer r customer stripe:record r 1
stripe/create_refund c refund stripe:payment r 0
stripe/update_dispute w customer stripe:record r 0
notion/notion-search r query notion:page i 8 doc
notion/notion-create-pages w filenew notion:page i 0
publisher/publish_post s post web:web_page p 0
okta/get_user r user identity:identity c 1
okta/list_groups r user identity:identity c 15
okta/add_user_to_group c grant identity:role r 0
splunk/search_logs r metric monitoring:log i 150 log
pricing/competitor_snapshot r article pricing:price i 6
pricing/update_price w article pricing:price i 0
risk-engine/score_case r customer risk:case c 1
telematics/get_positions r truck fleet:vehicle i 40
dispatch/assign_truck w truck fleet:vehicle i 0
dispatch/reroute w truck fleet:vehicle i 0
vector-store/qdrant-store w memory memory:memory i 0
vector-store/qdrant-find r memory memory:memory i 5
memory/save_memory w memory memory:memory i 0
ci-runner/run_suite r suite ci:suite i 0
ci-runner/upload_report w suite ci:suite i 0
customs-desk/check_tariff r article customs:tariff p 2
customs-desk/file_declaration w article customs:declaration c 0
notes/append_note d draft notes:draft i 0
assist-hub/suggest_next r query hub:hint i 3
okta/create_user s userid identity:identity r 0
okta/create_api_token s userid identity:credential s 0
vault/read_secret r secret vault:secret s 1
postgres/drop_table s table sql:database c 0
bank/send_money c pay bank:payment r 0
mail/delete_emails s mailid mail:email c 0
grafana/create_silence c metric monitoring:monitor i 0
gdrive/share_drive_file c share drive:file i 0
s3.amazonaws.com/GetObject r bucket s3:bucket i 0
s3.amazonaws.com/PutObject w bucket s3:bucket i 0
dynamodb.amazonaws.com/Query r table dynamodb:table i 0
`;

export const tools: ReadonlyMap<string, Tool> = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', eff = '', arg = '', place = '', sens = '', records = '0', text] =
        line.split(' ');
      const [server = '', name = ''] = id.split('/');
      const [system = '', kind = ''] = place.split(':');
      const tool: Tool = {
        server,
        name,
        eff: effects[eff] ?? 'read',
        arg,
        system,
        kind,
        sens: levels[sens] ?? 'internal',
        records: Number(records),
        ...(text === undefined ? {} : { text: text as Tool['text'] }),
      };
      return [id, tool];
    }),
);

export function tool(id: string): Tool {
  const found = tools.get(id);
  if (!found) throw new Error(`no tool ${id}`);
  return found;
}

export function toolId(t: Tool): string {
  return `${t.server}/${t.name}`;
}

const order: readonly Sensitivity[] = [
  'public',
  'internal',
  'confidential',
  'restricted',
  'secret',
];

export function sensitivityRank(s: string): number {
  return order.indexOf(s as Sensitivity);
}
