/** `waywarden account`: who has one, and a new first password. */
import { Command } from 'commander';
import { stringify } from 'yaml';
import { report, UsageError } from '../../input/command-output.ts';
import { dataPaths } from '../../runtime/data-folder.ts';
import { TENANT_DEFAULT } from '../../runtime/first-token.ts';
import { accountsIn } from '../../runtime/open-accounts.ts';

interface AccountFlags {
  readonly data: string;
  readonly json?: true;
}

function list({ data, json }: AccountFlags): void {
  const accounts = accountsIn(dataPaths(data)).all();
  const lines = accounts.map(({ uid, roles, disabled, subject }) => {
    const inHand = Object.entries(roles).map(([tenant, role]) => `${role} of ${tenant}`);
    const how = subject === null ? 'password' : 'OIDC';
    return `  ${uid}: ${inHand.join(', ') || 'no role'}; ${how}${disabled ? '; disabled' : ''}`;
  });
  const reported = accounts.map(({ uid, roles, disabled }) => ({ uid, roles, disabled }));
  report(json === true, { accounts: reported }, lines.length === 0 ? ['No account yet.'] : lines);
}

async function reset(uid: string, { data, json }: AccountFlags): Promise<void> {
  const password = await accountsIn(dataPaths(data)).resetPassword(uid, 'owner of this machine');
  if (password === undefined) {
    throw new UsageError(
      `There is no account ${uid} in ${data}; "waywarden account list" names them.`,
    );
  }
  report(json === true, { uid, first_password: password }, [
    `First password of ${uid}: ${password}`,
    'It is changed at the next sign-in; all sessions of the account have ended.',
  ]);
}

function operators({ data, tenant }: { readonly data: string; readonly tenant: string }): void {
  const named = accountsIn(dataPaths(data)).operators(tenant);
  process.stdout.write(stringify({ operators: named }));
}

const withData = (command: Command): Command =>
  command
    .option('--data <folder>', 'data folder', '.waywarden/data')
    .option('--json', 'print one JSON object as the last line');

export const accountCommand = new Command('account').description(
  'who may sign in on the page; a new first password for somebody who lost theirs',
);
accountCommand.addCommand(withData(new Command('list').description('list accounts')).action(list));
accountCommand.addCommand(
  new Command('operators')
    .description('print the keys of accounts that sign, for `operators` of a registry file')
    .option('--data <folder>', 'data folder', '.waywarden/data')
    .option('--tenant <id>', 'of which tenant', TENANT_DEFAULT)
    .action(operators),
);
accountCommand.addCommand(
  withData(new Command('reset-password').description('make a new first password'))
    .argument('<uid>', 'the account')
    .action(reset),
);
