/** All keys, on one card. */
import { Kbd, Modal, Table } from '@mantine/core';

const KEYS: readonly (readonly [string, string])[] = [
  ['j, k', 'next and previous alert of a list'],
  ['Enter', 'open it'],
  ['/', 'search the alerts'],
  ['x', 'select the alert, in a list'],
  ['a', 'take it: assigned to you, in progress'],
  ['r', 'command a revocation'],
  ['c', 'close it, or all that are selected'],
  ['s', 'the next alert of the queue'],
  ['l', 'all alerts'],
  ['n', 'back to the first page'],
  ['f', 'response impact: what the rules cost people'],
  ['e', 'evidence of this alert'],
  ['v', 'say whether this alert was right'],
  ['Esc', 'leave a field'],
  ['?', 'this card'],
];

export function KeysHelp({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title="Keys"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, what]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
