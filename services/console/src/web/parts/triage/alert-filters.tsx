/** What the list of alerts is filtered by: a search, and one choice for each field, with how many there are. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { AlertListAnswer } from '../../../core/triage/list-model.ts';
import { kindWords } from '../../../core/words.ts';
import { Filters } from '../filters.tsx';

const SEARCH_AFTER_MS = 250;

const STATES = [
  ['open', 'Open'],
  ['new', 'New'],
  ['in_progress', 'In progress'],
  ['closed', 'Closed'],
  ['suppressed', 'Suppressed'],
  ['withdrawn', 'Withdrawn'],
  ['all', 'All'],
] as const;
const SORTS = [
  ['severity', 'Severity'],
  ['newest', 'Newest'],
  ['oldest', 'Oldest'],
  ['updated', 'Last change'],
  ['count', 'Count'],
  ['due', 'Due next'],
] as const;
const SLA = [
  ['', 'Any'],
  ['breached', 'Breached'],
  ['at_risk', 'At risk'],
  ['ok', 'In time'],
  ['none', 'No clock'],
] as const;
const GROUPS = [
  ['none', 'Not grouped'],
  ['incident', 'By incident'],
  ['campaign', 'By campaign'],
] as const;
const TIMES = [
  ['', 'Any time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 h'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
] as const;
const HYGIENE = [
  ['exclude', 'Alerts'],
  ['only', 'Hygiene findings'],
  ['include', 'Both'],
] as const;

export const VIEWS = [
  ['Open', ''],
  ['Mine', 'assignee=me'],
  ['Unassigned critical', 'severity=critical&assignee=none'],
  ['SLA breached', 'sla=breached&sort=due'],
  ['Campaigns', 'group=campaign'],
  ['Hygiene findings', 'hygiene=only'],
  ['Closed', 'state=closed&sort=updated'],
] as const;

export interface FilterProps {
  readonly params: URLSearchParams;
  readonly onChange: (name: string, value: string) => void;
  readonly answer: AlertListAnswer | undefined;
}

function Choice({
  name,
  label,
  options,
  fallback,
  params,
  onChange,
}: Omit<FilterProps, 'answer'> & {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly fallback: string;
}) {
  const value = params.get(name) ?? fallback;
  const known = options.some(([one]) => one === value) ? options : [...options, [value, value]];
  return (
    <NativeSelect
      label={label}
      size="xs"
      value={value}
      onChange={(event) => {
        const next = event.currentTarget.value;
        onChange(name, next === fallback ? '' : next);
      }}
      data={known.map(([one, words]) => ({ value: one ?? '', label: words ?? '' }))}
    />
  );
}

function FilterMenu({
  name,
  label,
  words = (value) => value,
  ...props
}: FilterProps & {
  readonly name: 'severity' | 'kind' | 'assignee' | 'owner' | 'workflow';
  readonly label: string;
  readonly words?: (value: string) => string;
}) {
  const counts = props.answer?.breakdown[name] ?? [];
  const options = counts.map(([value, n]) => [value, `${words(value)} (${n})`] as const);
  return (
    <Choice {...props} name={name} label={label} fallback="" options={[['', 'Any'], ...options]} />
  );
}

/** Asks when the typing rests, not at each letter. */
function Search({ params, onChange }: Omit<FilterProps, 'answer'>) {
  const asked = params.get('q') ?? '';
  const [text, setText] = useState(asked);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => latest.current('q', text), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, asked]);
  return (
    <TextInput
      id="alert-search"
      label="Search"
      placeholder="title, agent, rule, note, id (/)"
      size="xs"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

/** Values that are too many for a menu. */
const EXACT = [
  ['agent', 'Agent'],
  ['tool', 'Tool'],
  ['rule', 'Rule'],
  ['tag', 'Tag'],
  ['from', 'From (UTC)'],
  ['to', 'Until (UTC)'],
] as const;

function Exact({ onChange }: Omit<FilterProps, 'answer'>) {
  const [name, setName] = useState<string>(EXACT[0][0]);
  const [text, setText] = useState('');
  return (
    <>
      <NativeSelect
        label="Filter by"
        size="xs"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data={EXACT.map(([value, label]) => ({ value, label }))}
      />
      <TextInput
        label="Value, then Enter"
        size="xs"
        placeholder={name === 'from' || name === 'to' ? '2026-11-24T09:00:00Z' : 'the whole name'}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || text.trim() === '') return;
          onChange(name, text.trim());
          setText('');
        }}
      />
    </>
  );
}

const SHOWN: readonly string[] = [
  'agent',
  'tool',
  'rule',
  'tag',
  'to',
  'incident',
  'campaign',
  'classification',
];

/** Filters that no choice above stands for. */
function Others({ params, onChange }: Omit<FilterProps, 'answer'>) {
  const given = SHOWN.flatMap((name) => {
    const value = params.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  if (given.length === 0) return null;
  return (
    <p className="other-filters">
      {given.map(([name, value]) => (
        <Button key={name} size="compact-xs" variant="default" onClick={() => onChange(name, '')}>
          {name}: {value.length > 40 ? `${value.slice(0, 40)}…` : value} ✕
        </Button>
      ))}
    </p>
  );
}

export function AlertFilters(props: FilterProps) {
  const choice = { params: props.params, onChange: props.onChange };
  return (
    <>
      <nav className="views" aria-label="Views">
        {VIEWS.map(([name, query]) => (
          <Link key={name} href={query === '' ? '/alerts' : `/alerts?${query}`}>
            {name}
          </Link>
        ))}
        <Link href="/suppressions">Suppressions</Link>
      </nav>
      <Filters params={props.params} search={<Search {...choice} />}>
        <Choice {...choice} name="state" label="State" fallback="open" options={STATES} />
        <FilterMenu {...props} name="severity" label="Severity" />
        <FilterMenu {...props} name="kind" label="Kind" words={kindWords} />
        <FilterMenu
          {...props}
          name="assignee"
          label="Assignee"
          words={(one) => (one === 'none' ? 'nobody' : one)}
        />
        <FilterMenu {...props} name="owner" label="Owner" />
        <FilterMenu {...props} name="workflow" label="Workflow" />
        <Choice {...choice} name="from" label="Time" fallback="" options={TIMES} />
        <Choice {...choice} name="hygiene" label="Findings" fallback="exclude" options={HYGIENE} />
        <Choice {...choice} name="sla" label="SLA" fallback="" options={SLA} />
        <Choice {...choice} name="group" label="Group" fallback="none" options={GROUPS} />
        <Choice {...choice} name="sort" label="Sort" fallback="severity" options={SORTS} />
        <Exact {...choice} />
      </Filters>
      <Others {...choice} />
    </>
  );
}
