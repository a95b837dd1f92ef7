/**
 * Granted beside exercised: for each step of the combination who may do it and who did it, and below
 * what they did together. The point is in the shape: no row is full, and the last one is.
 */
import { Table } from '@mantine/core';
import type { GrantRow, Picture } from '../../core/picture-model.ts';
import { Mark } from './mark.tsx';
import { Scroll } from './table.tsx';
import { Agent, Capability } from './terms.tsx';

function Cell({ row, at }: { readonly row: GrantRow; readonly at: number }) {
  const granted = row.granted === null ? null : row.granted[at] === true;
  const did = row.exercised[at] === true;
  const may = granted === null ? 'grant not known' : granted ? 'granted' : 'not granted';
  return (
    <Table.Td className={did ? 'did' : ''}>
      <span className={granted === true ? '' : 'quiet'}>{may}</span>
      {did && (
        <b className="proof-word">
          {' '}
          <Mark shape="tick" /> did it
        </b>
      )}
    </Table.Td>
  );
}

export function GrantMatrix({
  picture,
  combination,
}: {
  readonly picture: Picture;
  readonly combination: string;
}) {
  const { steps, grants } = picture;
  return (
    <Scroll minWidth={520} label="Granted and exercised">
      <Table className="matrix" aria-label="Granted and exercised, per agent and step">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Granted and exercised</Table.Th>
            {steps.map((step, at) => (
              <Table.Th key={step.id}>
                {at + 1} <Capability symbol={step.symbol} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {grants.map((row) => (
            <Table.Tr key={row.agent_uid}>
              <Table.Th scope="row">
                <Agent uid={row.agent_uid} />
                {row.completes && <span className="proof-word"> completed it</span>}
              </Table.Th>
              {steps.map((step, at) => (
                <Cell key={step.id} row={row} at={at} />
              ))}
            </Table.Tr>
          ))}
          <Table.Tr className="together">
            <Table.Th scope="row">Together: {combination}</Table.Th>
            {steps.map((step, at) => (
              <Table.Td key={step.id} className="did">
                <b className="proof-word">
                  <Mark
                    shape="tick"
                    label={grants.some((row) => row.exercised[at]) ? 'done' : 'not done'}
                  />
                </b>
              </Table.Td>
            ))}
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
