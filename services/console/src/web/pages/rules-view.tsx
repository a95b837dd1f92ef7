/** Rules in force, what people changed after false positives, and trying another registry or policy before it is published. */
import { Button, Code, NativeSelect, Table, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type {
  CheckedRules,
  RuleFile,
  RuleFinding,
  RulesPage,
  RulesTry,
} from '../../core/rules-model.ts';
import { isWaiting } from '../../core/triage/tuning.ts';
import type { TuningState } from '../../core/triage/tunings.ts';
import { plural } from '../../core/words.ts';
import { alertPath } from '../data/answers.ts';
import { useNowMs } from '../data/present.ts';
import {
  beginTry,
  checkRules,
  proposeRules,
  revertTuning,
  useRules,
  useTries,
  useTunings,
} from '../data/rules.ts';
import { useMay } from '../data/session.ts';
import { useTitle } from '../data/title.ts';
import { Problem, useAct } from '../parts/act.tsx';
import { Answer, Empty, Section } from '../parts/answer-states.tsx';
import { Mark } from '../parts/mark.tsx';
import { ReasonedButton } from '../parts/reasoned-button.tsx';
import { RuleProposals } from '../parts/rule-proposals.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Time } from '../parts/terms.tsx';

const VERSION_SHOWN = 12;

function Version({
  name,
  of,
  holds,
}: {
  readonly name: string;
  readonly of: { readonly version: string; readonly since: string; readonly from: string } | null;
  readonly holds: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {of === null ? (
          'none is published'
        ) : (
          <>
            <code title={of.version}>{of.version.slice(0, VERSION_SHOWN)}</code> since{' '}
            <Time at={of.since} />, from {of.from}. {holds}
          </>
        )}
      </dd>
    </div>
  );
}

function InForce({ page }: { readonly page: RulesPage }) {
  const { registry, policy, words, refused } = page;
  const { agents = [], workflows = [], tools = [], receivers = [] } = registry?.value ?? {};
  const holds = `${plural(agents.length, 'agent')}, ${plural(workflows.length, 'workflow')}, ${plural(tools.length, 'tool')}, ${plural(receivers.length, 'receiver')}.`;
  const { rules, combinations } = policy.value;
  const acting = rules.filter((one) => one.mode === 'enforce').length;
  return (
    <>
      <dl className="facts">
        <Version name="Registry" of={registry} holds={holds} />
        <Version
          name="Policy"
          of={policy}
          holds={`${plural(rules.length, 'rule')}, ${acting} of them enforced; ${plural(combinations.length, 'combination')}.`}
        />
      </dl>
      {refused.map(({ file, problems }) => (
        <div key={file} className="problem" role="alert">
          <p>
            <Mark shape="warning" /> <b>{file} was refused</b>; the version before it is in force.
          </p>
          <ul>
            {problems.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      ))}
      <details>
        <summary>The policy in words</summary>
        <pre className="words">{words.join('\n')}</pre>
      </details>
      <details>
        <summary>Registry as it is</summary>
        <Code block>{JSON.stringify(registry?.value ?? null, null, 2)}</Code>
      </details>
      <details>
        <summary>Policy as it is</summary>
        <Code block>{JSON.stringify(policy.value, null, 2)}</Code>
      </details>
    </>
  );
}

function Finding({ one }: { readonly one: RuleFinding }) {
  const at =
    one.line === null ? '' : one.column === null ? `${one.line}` : `${one.line}:${one.column}`;
  return (
    <Table.Tr>
      <Table.Td className="number">{at}</Table.Td>
      <Table.Td>
        <Mark shape={one.level === 'error' ? 'critical' : 'warning'} /> {one.level}
      </Table.Td>
      <Table.Td className="wrap">
        <code>{one.path === '' ? 'the file' : one.path}</code>
      </Table.Td>
      <Table.Td className="wrap">{one.value}</Table.Td>
      <Table.Td>{one.expected}</Table.Td>
    </Table.Tr>
  );
}

function Checked({ checked }: { readonly checked: CheckedRules }) {
  const { findings, errors, warnings, changes, kind } = checked;
  return (
    <div className="stack">
      <p role="status">
        <b>
          {plural(errors, 'error')}, {plural(warnings, 'warning')}.
        </b>{' '}
        {errors === 0 && `This ${kind} could be published.`}
      </p>
      {findings.length > 0 && (
        <Scroll minWidth={760} label="Findings">
          <Table aria-label="Findings" verticalSpacing={3}>
            <TableHead names={['Line:column', 'Level', 'Where', 'Stands there', 'Expected']} />
            <Table.Tbody>
              {findings.map((one) => (
                <Finding key={`${one.path}/${one.line}/${one.expected}`} one={one} />
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
      {changes !== null && (
        <>
          <h3>Against what is in force</h3>
          {changes.length === 0 ? (
            <p>It is the same.</p>
          ) : (
            <pre className="words">{changes.join('\n')}</pre>
          )}
        </>
      )}
    </div>
  );
}

function Tries({ tries }: { readonly tries: readonly RulesTry[] }) {
  return tries.map((one) => (
    <div key={one.id} className="card">
      <p>
        <b>
          Dry run of a {one.kind}: {one.state}
        </b>{' '}
        <span className="quiet">
          by {one.by}, <Time at={one.at} />
        </span>
      </p>
      {one.lines.length > 0 && <pre className="words">{one.lines.join('\n')}</pre>}
    </div>
  ));
}

function TryOut({ page }: { readonly page: RulesPage }) {
  const [kind, setKind] = useState<RuleFile>('policy');
  const [text, setText] = useState('');
  const [checked, setChecked] = useState<CheckedRules>();
  const act = useAct();
  const { data } = useTries();
  const mayCheck = useMay('triage');
  const mayTry = useMay('respond');
  const isRunning = data?.tries.some((one) => one.state === 'running') === true;
  const check = () => act.run(async () => setChecked(await checkRules(kind, text)));
  const present = () =>
    JSON.stringify(kind === 'policy' ? page.policy.value : page.registry?.value, null, 2);
  return (
    <div className="stack">
      <p>
        Paste a file to check it against what is in force. What you propose waits for an admin who
        is somebody else; a followed file is replaced then.
      </p>
      <div className="acts">
        <NativeSelect
          label="File"
          size="xs"
          value={kind}
          data={['policy', 'registry']}
          onChange={(event) => {
            setKind(event.currentTarget.value === 'registry' ? 'registry' : 'policy');
            setChecked(undefined);
          }}
        />
        <Button size="compact-sm" variant="default" onClick={() => setText(present() ?? '')}>
          Begin with what is in force
        </Button>
      </div>
      <Textarea
        label="YAML or JSON"
        autosize
        minRows={6}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: 'code-input' }}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChecked(undefined);
        }}
      />
      <div className="acts">
        <Button
          size="compact-sm"
          disabled={!mayCheck || text.trim() === ''}
          loading={act.busy}
          onClick={() => void check()}
        >
          Check
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!mayTry || checked === undefined || checked.errors > 0 || isRunning}
          onClick={() => void act.run(() => beginTry(kind, text))}
        >
          Dry run on stored events
        </Button>
        <ReasonedButton
          label="Propose…"
          title={`Propose this ${kind}`}
          disabled={!mayTry || checked === undefined || checked.errors > 0}
          give={async (reason) => {
            await proposeRules(kind, text, reason);
            return 'Proposed: it waits above.';
          }}
        />
        {!mayCheck && <span className="quiet">Sign in as an analyst to check a file.</span>}
      </div>
      <Problem text={act.problem} />
      {checked !== undefined && <Checked checked={checked} />}
      <Tries tries={data?.tries ?? []} />
    </div>
  );
}

function TuningRow({ one }: { readonly one: TuningState }) {
  const { tuning } = one;
  const act = useAct();
  const waits = isWaiting(one, useNowMs());
  const isProposal = tuning.state === 'proposed';
  const may = useMay(isProposal || tuning.suppression_id !== undefined ? 'respond' : 'admin');
  const isOver = one.revertedAt !== null;
  const state = isProposal ? 'withdrawn' : 'reverted';
  const versions =
    tuning.registry_after === undefined
      ? ''
      : [tuning.registry_before ?? 'none', tuning.registry_after]
          .map((of) => of.slice(0, 8))
          .join(' → ');
  return (
    <Table.Tr>
      <Table.Td>
        <b>{isOver ? state : tuning.state}</b>
        <Problem text={act.problem} />
      </Table.Td>
      <Table.Td>
        {tuning.what}
        {versions !== '' && <div className="quiet">registry {versions}</div>}
        {tuning.entry !== undefined && (
          <details>
            <summary>entry</summary>
            <Code block>{JSON.stringify(JSON.parse(tuning.entry), null, 2)}</Code>
          </details>
        )}
      </Table.Td>
      <Table.Td>
        <Link href={alertPath(one.alert_id)}>{one.alert_id.slice(0, 8)}</Link>
      </Table.Td>
      <Table.Td>
        <q>{one.reason}</q> <span className="quiet">by {one.by}</span>
        {waits && <div className="quiet">another person must accept it on the alert’s page</div>}
        {!waits && one.proposedBy !== null && one.proposedBy !== one.by && (
          <div className="quiet">proposed by {one.proposedBy}</div>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={one.at} />
        {one.revertedAt !== null && (
          <div>
            {state} by {one.revertedBy}, <Time at={one.revertedAt} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        {!isOver && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!may || act.busy}
            onClick={() => void act.run(() => revertTuning(tuning.tuning_id))}
          >
            {isProposal ? 'Withdraw' : 'Revert'}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Tunings() {
  const query = useTunings();
  return (
    <Answer query={query} what="the changes">
      {({ changes }) =>
        changes.length === 0 ? (
          <Empty>
            <p>None. One is proposed when an alert is closed as false positive or benign.</p>
          </Empty>
        ) : (
          <Scroll minWidth={860} label="Changes">
            <Table aria-label="Changes after false positives" verticalSpacing={4}>
              <TableHead names={['State', 'Change', 'Alert', 'Reason', 'When', 'Revert']} />
              <Table.Tbody>
                {changes.map((one) => (
                  <TuningRow key={one.tuning.tuning_id} one={one} />
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )
      }
    </Answer>
  );
}

export function RulesView() {
  useTitle('Rules');
  return (
    <>
      <h1>Rules</h1>
      <Answer query={useRules()} what="the rules">
        {(page) => (
          <>
            <Section id="in-force" title="In force">
              <InForce page={page} />
            </Section>
            <Section
              id="changes"
              title="Changes after false positives"
              note="signed, can be reverted"
            >
              <Tunings />
            </Section>
            <Section id="proposals" title="Waiting for review" note="another person publishes">
              <RuleProposals />
            </Section>
            <Section id="try" title="Check, try and propose another">
              <TryOut page={page} />
            </Section>
          </>
        )}
      </Answer>
    </>
  );
}
