/** Privilege that agents assemble together: chains, what they exercise, and the proofs. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { AGENT_KEY, AGENT_LINK, ALERT_LINK, ALERT_ROWS, EVENT_ROWS, SURE } from './conditions.ts';
import { dashboard } from './dashboard.ts';
import { SEVERITY_WORDS, STATE_WORDS } from './mappings.ts';
import { COLOURS } from './palette.ts';
import { bars, type SizedPanel, SURE_COLUMNS, stat, tablePanel, timeSeries } from './panels.ts';
import { combinationVariable, variable, whereChosen } from './variables.ts';

const CHOSEN = whereChosen(
  `hex(combination) IN (${variable('combination', 'sqlstring')})`,
  'combination',
);
/** Assembly alerts: those that name a combination. */
const ASSEMBLY_ROWS = `${ALERT_ROWS} AND combination != '' AND ${CHOSEN}`;
/** Chains with their agents; calls without a capability say nothing about privilege. */
const CHAINS = `(
  SELECT chain_id, any(workflow) AS work, count() AS calls, uniqExact(agent_uid) AS agents,
    groupUniqArrayArray(64)(capabilities) AS exercised, min(event_time) AS first_call,
    max(event_time) AS last_call
  FROM ${EVENT_ROWS} AND phase = 'completed' AND notEmpty(capabilities) GROUP BY chain_id
)`;

function numbers(): readonly SizedPanel[] {
  return [
    stat({
      title: 'Chains',
      description:
        'Pieces of work in the period: the same task run, else delegation, else trace, else turn of a conversation.',
      sql: `SELECT count() AS chains FROM ${CHAINS}`,
      unit: units.Short,
      width: 6,
    }),
    stat({
      title: 'Chains of several agents',
      description: 'Where rights of several agents can add up.',
      sql: `SELECT countIf(agents > 1) AS chains FROM ${CHAINS}`,
      unit: units.Short,
      width: 6,
    }),
    stat({
      title: 'Open assembly alerts',
      description: 'Alerts that name a combination, first seen in the period and still open.',
      sql: `SELECT countIf(state = 'open') AS alerts FROM ${ASSEMBLY_ROWS}`,
      unit: units.Short,
      attentionFrom: 1,
      width: 6,
    }),
    stat({
      title: 'Withdrawn again',
      description: 'Assembly alerts that a later event refuted, or a verdict.',
      sql: `SELECT countIf(state = 'withdrawn') AS alerts FROM ${ASSEMBLY_ROWS}`,
      unit: units.Short,
      width: 6,
    }),
  ];
}

function chains(): readonly SizedPanel[] {
  return [
    timeSeries({
      title: 'Chains at work',
      description: 'Chains with a call in the bucket, by whether several agents took part in it.',
      sql: `SELECT time, countIf(agents = 1) AS one_agent, countIf(agents > 1) AS several_agents
FROM (
  SELECT $__timeInterval(event_time) AS time, chain_id, uniqExact(agent_uid) AS agents
  FROM ${EVENT_ROWS} AND phase = 'completed' AND notEmpty(capabilities) GROUP BY time, chain_id
) GROUP BY time ORDER BY time`,
      unit: units.Short,
      series: { one_agent: COLOURS.sky, several_agents: COLOURS.orange },
      draw: 'bars',
      width: 14,
    }),
    bars({
      title: 'Agents per chain',
      description: 'Number of chains by how many agents took part in them in the period.',
      sql: `SELECT multiIf(agents = 1, '1', agents = 2, '2', agents = 3, '3', agents <= 7, '4 to 7', '8 or more') AS agents_per_chain,
  count() AS chains
FROM ${CHAINS} GROUP BY agents_per_chain ORDER BY agents_per_chain`,
      unit: units.Short,
      category: 'agents_per_chain',
      value: { name: 'chains', colour: COLOURS.blue },
      width: 10,
    }),
  ];
}

function byCombination(): SizedPanel {
  return tablePanel({
    title: 'Alerts by combination',
    description: 'Of the period, in their present state; the policy file says what each means.',
    sql: `SELECT combination, argMin(severity, indexOf(['critical', 'high', 'medium', 'low', 'info'], severity)) AS worst,
  countIf(state = 'open') AS open, countIf(state = 'withdrawn') AS withdrawn,
  uniqExact(chain_id) AS chains, max(first_detected_at) AS last
FROM ${ASSEMBLY_ROWS} GROUP BY combination ORDER BY open DESC, combination LIMIT 50`,
    columns: {
      combination: {},
      worst: { words: SEVERITY_WORDS, width: 110 },
      open: {},
      withdrawn: {},
      chains: {},
      last: { unit: units.DatetimeISO, width: 170 },
    },
    width: 12,
  });
}

function contributors(): SizedPanel {
  return tablePanel({
    title: 'Who contributes',
    description:
      'Agents in open assembly alerts: what each was granted and what it exercised there. A wide grant that often contributes is one to narrow. The 30 with most alerts.',
    sql: `SELECT agent_uid, ${AGENT_KEY}, uniqExact(alert_id) AS alerts,
  uniqExactIf(alert_id, completed_by = agent_uid) AS completed,
  arrayStringConcat(arraySort(groupUniqArrayArray(32)(granted)), ', ') AS granted,
  arrayStringConcat(arraySort(groupUniqArrayArray(32)(exercised)), ', ') AS exercised
FROM (
  SELECT alert_id, JSONExtractString(raw, 'assembly', 'completed_by') AS completed_by,
    arrayJoin(JSONExtractArrayRaw(raw, 'assembly', 'contributors')) AS contributor,
    JSONExtractString(contributor, 'agent_uid') AS agent_uid,
    JSONExtract(contributor, 'granted', 'Array(String)') AS granted,
    JSONExtract(contributor, 'exercised', 'Array(String)') AS exercised
  FROM ${ASSEMBLY_ROWS} AND state = 'open'
)
GROUP BY agent_uid ORDER BY alerts DESC, agent_uid LIMIT 30`,
    columns: {
      agent_uid: { title: 'agent', link: AGENT_LINK },
      agent_key: { hidden: true },
      alerts: { width: 80 },
      completed: { width: 100 },
      granted: {},
      exercised: {},
    },
    width: 12,
  });
}

function proofs(): SizedPanel {
  return tablePanel({
    title: 'Proofs',
    description:
      'One row an assembly alert, the newest first; at most 100. The proof is the smallest set of calls that shows the combination; one that is not minimal never acts by itself.',
    sql: `SELECT severity, state, first_detected_at AS detected, title, combination, ${SURE},
  JSONExtractString(raw, 'assembly', 'completed_by') AS completed_by,
  length(JSONExtractArrayRaw(raw, 'assembly', 'contributors')) AS agents,
  length(JSONExtractArrayRaw(raw, 'assembly', 'proof')) AS proof_calls,
  if(JSONExtractBool(raw, 'assembly', 'proof_minimal'), 'yes', 'no') AS minimal,
  length(JSONExtractArrayRaw(raw, 'not_visible')) AS not_visible, chain_id, alert_id
FROM ${ASSEMBLY_ROWS} ORDER BY detected DESC, alert_id LIMIT 100`,
    columns: {
      severity: { words: SEVERITY_WORDS, width: 110 },
      state: { words: STATE_WORDS, width: 110 },
      detected: { unit: units.DatetimeISO, width: 170 },
      title: { link: ALERT_LINK },
      combination: {},
      ...SURE_COLUMNS,
      completed_by: {},
      agents: { width: 80 },
      proof_calls: { title: 'calls in the proof', width: 90 },
      minimal: { width: 80 },
      not_visible: { title: 'not visible', width: 90 },
      chain_id: {},
      alert_id: { hidden: true },
    },
    width: 24,
    height: 10,
  });
}

function exercised(): SizedPanel {
  return tablePanel({
    title: 'Capabilities exercised together',
    description:
      'Chains of the period, those with most different capabilities first; at most 50. No alert is implied: this is what was done, in one piece of work.',
    sql: `SELECT chain_id, work AS workflow, agents, calls, length(exercised) AS different,
  arrayStringConcat(arraySort(exercised), ', ') AS capabilities, first_call, last_call
FROM ${CHAINS} AS chains ORDER BY different DESC, agents DESC, last_call DESC, chain_id LIMIT 50`,
    columns: {
      chain_id: {},
      workflow: {},
      agents: { width: 80 },
      calls: { width: 80 },
      different: { width: 90 },
      capabilities: {},
      first_call: { unit: units.DatetimeISO, width: 170 },
      last_call: { unit: units.DatetimeISO, width: 170 },
    },
    width: 24,
    height: 10,
  });
}

export function assemblyDashboard(): Dashboard {
  return dashboard({
    uid: 'waywarden-assembly',
    title: 'Waywarden: assembly and chains',
    description: 'What agents did together that none of them was granted alone.',
    from: 'now-6h',
    variables: [combinationVariable()],
    rows: [numbers(), [proofs()], [byCombination(), contributors()], chains(), [exercised()]],
  });
}
