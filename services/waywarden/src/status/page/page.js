/**
 * Asks the API every two seconds and redraws a section only when its answer changed, so that nothing
 * moves unless something happened. All text is set as text: agents write parts of it.
 */
const EVERY_MS = 2000;
const ALERTS = 20;
const EVENTS = 15;
const SHAPES = { critical: '◆', high: '▲', medium: '■', low: '●', info: '○' };

/** Reasons and actions in words; what we do not know is named as it is. */
const WORDS = JSON.parse(document.getElementById('words').textContent);

const open = new Set();
const drawn = new Map();

function element(name, properties = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) made[key] = value;
  for (const child of children) if (child !== null && child !== undefined) made.append(child);
  return made;
}

const byId = (id) => document.getElementById(id);

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}

const absolute = (time) => String(time).slice(0, 19).replace('T', ' ');

/** Absolute, the relative one beside; only the relative part changes by itself. */
function when(time) {
  const relative = element('span', { className: 'quiet', textContent: ` ${ago(time)}` });
  relative.dataset.time = time;
  return element('span', { className: 'whole', title: `${time} (UTC)` }, [
    `${absolute(time)} UTC`,
    relative,
  ]);
}

function shortId(id, path) {
  const text = String(id).slice(0, 8);
  if (path === undefined)
    return element('code', { className: 'whole', textContent: text, title: id });
  return element('a', { className: 'whole', href: `${path}/${id}`, title: id }, [
    element('code', { textContent: text }),
  ]);
}

function table(headings, rows) {
  const head = element(
    'tr',
    {},
    headings.map((text) => element('th', { textContent: text })),
  );
  return element('table', {}, [element('thead', {}, [head]), element('tbody', {}, rows)]);
}

const row = (cells, className = '') =>
  element(
    'tr',
    { className },
    cells.map((cell) => element('td', {}, [cell])),
  );

function details(key, title, children) {
  const made = element('details', { open: open.has(key) }, [
    element('summary', { textContent: title }),
    ...children,
  ]);
  made.addEventListener('toggle', () => (made.open ? open.add(key) : open.delete(key)));
  return made;
}

const count = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

function targetWords(target) {
  const { level } = target;
  const id = target[`${level}_id`] ?? target[`${level}_uid`] ?? target[level];
  if (level === 'agent') return target.agent_uid;
  return `${level} ${id ?? ''} of ${target.agent_uid}`;
}

function actionWords(command, isDone) {
  const [present, past] = WORDS.actions[command.action] ?? [command.action, command.action];
  return `${isDone ? past : present} ${targetWords(command.target)}`;
}

function doneSentence(alert) {
  if (alert.commands.length > 0) {
    return `Ordered: ${alert.commands.map((one) => actionWords(one, false)).join('; ')}.`;
  }
  const [decision] = alert.decisions;
  if (!decision) return 'Nothing was done: no rule of the policy matches it.';
  return `Nothing was done. ${whyWithheld(decision)}`;
}

function whyWithheld(decision) {
  const would = decision.would_be_command;
  const what = would
    ? `Rule ${decision.rule_id} would have ${actionWords(would, true)}`
    : `Rule ${decision.rule_id} matched`;
  const reasons = decision.withheld_reasons ?? [decision.withheld_reason];
  const text = reasons.map((reason) => WORDS.reasons[reason] ?? reason).join('; also ');
  return `${what}, but ${text}.`;
}

function evidenceTable(alert) {
  const proof = new Set(alert.assembly?.proof ?? []);
  return table(
    ['Call', 'Agent', 'Part', 'Capability', 'Known by'],
    alert.evidence.map((one) => {
      const isProof = proof.has(one.event_id);
      const part = isProof
        ? element('span', { className: 'proof-word', textContent: `${one.role} (proof)` })
        : one.role;
      const cells = [shortId(one.event_id, '/v1/events'), one.agent_uid, part];
      return row([...cells, one.capability ?? '–', one.assurance], isProof ? 'proof' : '');
    }),
  );
}

function reasonsTable(alert) {
  return table(
    ['Why', 'Expected', 'Observed', 'Rests on'],
    alert.reasons.map((one) =>
      row([
        one.text,
        one.expected ?? '–',
        one.observed ?? '–',
        one.baseline_n === undefined ? '–' : count(one.baseline_n, 'earlier call'),
      ]),
    ),
  );
}

function alertCard(alert) {
  const { alert_id: id, severity } = alert;
  const word = element('span', {
    className: 'severity',
    textContent: `${SHAPES[severity] ?? '○'} ${severity}`,
  });
  const state = alert.state === 'open' ? '' : ` · ${alert.state}`;
  const line = element('p', { className: 'quiet' }, [
    word,
    ` · ${alert.kind.replaceAll('_', ' ')} · ${alert.subject.agent_uid}${state} · `,
    when(alert.last_event_time),
    ' · ',
    shortId(id, '/v1/alerts'),
  ]);
  const blind = alert.not_visible ?? [];
  return element('article', { className: 'card' }, [
    line,
    element('h3', { textContent: alert.title }),
    element('p', { textContent: alert.summary }),
    element('p', { textContent: doneSentence(alert) }),
    details(`${id}/evidence`, `Evidence: ${count(alert.evidence.length, 'call')}`, [
      evidenceTable(alert),
    ]),
    alert.reasons.length > 0
      ? details(`${id}/reasons`, 'Why it is believed', [reasonsTable(alert)])
      : null,
    blind.length > 0
      ? details(
          `${id}/blind`,
          'What could not be seen',
          blind.map((text) => element('p', { textContent: text })),
        )
      : null,
  ]);
}

function decisionRow(decision, issued) {
  const command = issued.get(decision.would_be_command?.command_id);
  const outcome =
    decision.withheld_reason === null
      ? `Ordered: ${actionWords(command ?? decision.would_be_command, false)}.`
      : `Withheld. ${whyWithheld(decision)}`;
  const [alertId] = decision.alert_ids;
  return row([
    when(decision.decided_at),
    decision.agent_uid,
    `${decision.rule_id} (${decision.mode})`,
    outcome,
    shortId(alertId, '/v1/alerts'),
  ]);
}

function eventRow(event) {
  return row([
    when(event.event_time),
    event.agent_uid,
    event.tool,
    event.capabilities.length > 0 ? event.capabilities.join(', ') : event.effect,
    event.outcome,
    event.assurance,
    shortId(event.event_id, '/v1/events'),
  ]);
}

function stageRow(stage) {
  const state =
    stage.lag === 0
      ? 'up to date'
      : `at most ${count(stage.lag, 'record')} to go, for ${stage.behind_s} s`;
  return row([stage.name, String(stage.end), state]);
}

/** Replaces a section's content when what it shows has changed. */
function draw(id, value, isEmpty, make) {
  const text = JSON.stringify(value);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  byId(id).replaceChildren(...(isEmpty ? [] : make()));
  const empty = byId(`${id}-empty`);
  if (empty !== null) empty.hidden = !isEmpty;
}

function drawStatus(status) {
  byId('health').textContent = status.sentence;
  const { counts } = status;
  const stored =
    counts === null
      ? 'what is stored is not known'
      : `${count(counts.events, 'event')} stored, ${count(counts.alerts_open, 'open alert')}, ` +
        `${count(counts.decisions, 'decision')}, ${count(counts.commands, 'command')}, ${count(counts.dead_letters, 'dead letter')}`;
  byId('numbers').textContent = `${status.events_per_s} events/s over the last 10 s · ${stored}`;
  draw('stages', status.stages, false, () => [
    table(['Service', 'Records in its topic', 'State'], status.stages.map(stageRow)),
  ]);
  const problem = byId('problem');
  problem.hidden = status.last_error === null;
  if (status.last_error !== null) {
    problem.textContent = `Last problem, ${absolute(status.last_error.at)} UTC: ${status.last_error.message}`;
  }
}

async function ask(path) {
  const response = await fetch(path);
  const body = await response.json();
  if (!response.ok) throw new Error(body.message ?? `the server answered ${response.status}`);
  return body;
}

async function refresh() {
  const [status, alerts, decisions, commands, events] = await Promise.all([
    ask('/v1/status'),
    ask(`/v1/alerts?limit=${ALERTS}`),
    ask(`/v1/decisions?limit=${ALERTS}`),
    ask(`/v1/commands?limit=${ALERTS}`),
    ask(`/v1/events?limit=${EVENTS}`),
  ]);
  drawStatus(status);
  const issued = new Map(commands.commands.map((one) => [one.command_id, one]));
  draw('alerts', alerts, alerts.alerts.length === 0, () => alerts.alerts.map(alertCard));
  draw('decisions', [decisions, commands], decisions.decisions.length === 0, () => [
    table(
      ['When', 'Agent', 'Rule', 'What was done', 'Alert'],
      decisions.decisions.map((one) => decisionRow(one, issued)),
    ),
  ]);
  draw('events', events, events.events.length === 0, () => [
    table(
      ['When', 'Agent', 'Tool', 'Could do', 'Outcome', 'Known by', 'Event'],
      events.events.map(eventRow),
    ),
  ]);
  lastAnswer = new Date().toISOString();
}

let lastAnswer = null;

async function beat() {
  try {
    await refresh();
  } catch (error) {
    const asOf =
      lastAnswer === null
        ? 'Nothing was shown yet.'
        : `What you see is as of ${absolute(lastAnswer)} UTC.`;
    byId('health').textContent =
      `Waywarden does not answer (${error.message}). ${asOf} If it was stopped, start it again with npm start.`;
  }
  for (const span of document.querySelectorAll('[data-time]')) {
    span.textContent = ` ${ago(span.dataset.time)}`;
  }
  setTimeout(() => void beat(), EVERY_MS);
}

void beat();
