/** What people did, the newest first: of everybody, or of one. */
import { Button, Table, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { useTitle } from '../data/title.ts';
import { useAudit } from '../data/work.ts';
import { Answer, Empty } from '../parts/answer-states.tsx';
import { Scroll, TableHead } from '../parts/table.tsx';
import { Time } from '../parts/terms.tsx';

const NAMES = ['When', 'Who', 'What', 'Of', 'Reason'];

export function AuditView() {
  useTitle('Audit');
  const [params, setParams] = useSearchParams();
  const by = params.get('by') ?? '';
  const before = params.get('before') ?? '';
  const [text, setText] = useState(by);
  const query = useAudit(by, before);
  const ask = (next: Readonly<Record<string, string>>) =>
    setParams(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')));
  return (
    <>
      <h1>Audit</h1>
      <TextInput
        size="xs"
        label="Who"
        placeholder="everybody"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') ask({ by: text.trim() });
        }}
      />
      <Answer query={query} what="the audit">
        {({ lines, cursor }) =>
          lines.length === 0 ? (
            <Empty>
              <p>Nothing was done{by === '' ? '' : ` by ${by}`}.</p>
            </Empty>
          ) : (
            <>
              <Scroll minWidth={860} label="Audit">
                <Table aria-label="Audit" verticalSpacing={4}>
                  <TableHead names={NAMES} />
                  <Table.Tbody>
                    {lines.map((line) => (
                      <Table.Tr key={`${line.at} ${line.by} ${line.what} ${line.of}`}>
                        <Table.Td>
                          <Time at={line.at} />
                        </Table.Td>
                        <Table.Td>{line.by}</Table.Td>
                        <Table.Td>{line.what}</Table.Td>
                        <Table.Td className="wrap">{line.of}</Table.Td>
                        <Table.Td>{line.reason}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Scroll>
              <Button
                size="compact-sm"
                variant="default"
                disabled={cursor === null}
                onClick={() => ask({ by, before: cursor ?? '' })}
              >
                Earlier
              </Button>
            </>
          )
        }
      </Answer>
    </>
  );
}
